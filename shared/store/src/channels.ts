import type { Logger } from "@mesh/runtime";
import type pg from "pg";

/** Receives the payload of a notification, or undefined if some may have been missed: read everything then. */
export type Notified = (payload: string | undefined) => void;

/** PostgreSQL cuts off what is longer, so that no notification arrives. */
const maxNameBytes = 63;

/** The listeners of each channel, over the current connection. A channel that once had a listener stays open. */
export class Channels {
  readonly #log: Logger;
  readonly #listeners = new Map<string, Set<Notified>>();
  /** The channels that the current connection listens to. */
  readonly #open = new Set<string>();
  #client: pg.Client | undefined;
  #fail: (error: unknown) => void = () => {};
  #statements: Promise<unknown> = Promise.resolve();

  constructor(log: Logger) {
    this.#log = log;
  }

  /** Adds a listener. Returns a function that removes it. @throws RangeError if PostgreSQL does not take the name */
  add(channel: string, notified: Notified): () => void {
    const bytes = Buffer.byteLength(channel);
    if (bytes === 0 || bytes > maxNameBytes) {
      throw new RangeError(`a channel's name must have 1 to ${maxNameBytes} bytes, got "${channel}"`);
    }
    const others = this.#listeners.get(channel);
    this.#listeners.set(channel, (others ?? new Set()).add(notified));
    if (this.#open.has(channel)) queueMicrotask(() => this.#call(notified, undefined));
    else if (this.#client && !others) this.#listen(this.#client, channel).catch(this.#fail);
    return () => void this.#listeners.get(channel)?.delete(notified);
  }

  /**
   * Listens to every channel on a new connection, and notifies every listener that it may have missed something.
   *
   * @param fail called if the connection can't listen to a channel that is added later: open another one then
   */
  async attach(client: pg.Client, fail: (error: unknown) => void): Promise<void> {
    this.#client = client;
    this.#fail = fail;
    client.on("notification", ({ channel, payload }) => this.#notify(channel, payload ?? ""));
    await Promise.all([...this.#listeners.keys()].map((channel) => this.#listen(client, channel)));
  }

  /** @throws Error if there is no connection, or if its server is read-only, as after a failover */
  async check(): Promise<void> {
    if (!this.#client) throw new Error("the connection is lost");
    const { rows } = await this.#query(this.#client, "show transaction_read_only");
    if (rows[0]?.transaction_read_only === "on") throw new Error("the server is read-only");
  }

  /** Forgets the connection, which is lost. */
  detach(): void {
    this.#client = undefined;
    this.#open.clear();
  }

  async #listen(client: pg.Client, channel: string): Promise<void> {
    await this.#query(client, `listen ${client.escapeIdentifier(channel)}`);
    if (client !== this.#client) return;
    this.#open.add(channel);
    this.#notify(channel, undefined);
  }

  /** Runs one statement after the other: `pg` does not support several at a time on a connection. */
  #query(client: pg.Client, text: string): Promise<pg.QueryResult> {
    const result = this.#statements.then(() => client.query(text));
    this.#statements = result.catch(() => {});
    return result;
  }

  #notify(channel: string, payload: string | undefined): void {
    for (const notified of [...(this.#listeners.get(channel) ?? [])]) this.#call(notified, payload);
  }

  #call(notified: Notified, payload: string | undefined): void {
    try {
      notified(payload);
    } catch (error) {
      this.#log.error({ err: error }, "a listener of a database channel failed");
    }
  }
}
