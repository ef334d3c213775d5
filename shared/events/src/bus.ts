import { setImmediate as immediate, setTimeout as sleep } from "node:timers/promises";
import { type Logger, openLimit, repeat } from "@mesh/runtime";
import { connect, createInbox, DebugEvents, ErrorCode, Events, type NatsConnection, NatsError } from "nats";
import { connectionOptions, connectTimeoutMs } from "./connection-options.ts";

/** Receives the connection whenever it changes, or undefined if there is none. */
export type BusListener = (connection: NatsConnection | undefined) => void;

/** Options of a bus. */
export interface BusOptions {
  /** `nats://user:password@host:4222`; several for a cluster, separated by commas. */
  readonly url: string;
  /** The text of a credentials file of NATS, or the seed of an nkey. Default: the login in the URL. */
  readonly creds?: string | undefined;
  /** The name of the connection in NATS: the service. */
  readonly name: string;
  readonly log: Logger;
}

/** The longest that `close` waits until what is buffered is sent, in milliseconds. */
const flushMs = 1_000;

/** The longest that NATS may take to respond to `probe`, in milliseconds. */
export const probeMs = 1_500;

/** The longest that the client may take to leave a connection, in milliseconds: it waits until all is sent, and may wait forever. */
const leaveMs = 500;

/** The time after which a NATS that was never reached is reported: it may be starting. */
const reportAfterMs = 1_000;

/** The events of the client when it leaves a connection that does not respond. */
const leaving: ReadonlySet<string> = new Set([DebugEvents.StaleConnection, DebugEvents.ClientInitiatedReconnect]);

/** A connection to NATS that is made in the background, and again whenever it is lost. */
export class Bus {
  readonly #options: BusOptions;
  readonly #closing = new AbortController();
  readonly #listeners = new Set<BusListener>();
  readonly #running: Promise<void>;
  #connection: NatsConnection | undefined;
  readonly #openedAt = performance.now();
  #isConnected = false;
  #isReported = false;
  #isProbing = false;

  constructor(options: BusOptions) {
    this.#options = options;
    this.#running = repeat((succeed) => this.#connect(succeed), {
      signal: this.#closing.signal,
      backoff: { maxMs: 2_000 },
      onFailure: (error) => this.#reportFailure(error),
    });
  }

  /** Returns the connection; undefined if NATS is unreachable. */
  current(): NatsConnection | undefined {
    return this.#isConnected ? this.#connection : undefined;
  }

  /** Calls back immediately, and whenever the connection is lost or restored. Returns a function that ends it. */
  onChange(listener: BusListener): () => void {
    this.#listeners.add(listener);
    listener(this.current());
    return () => void this.#listeners.delete(listener);
  }

  /** Returns a new subject on which only this process receives. */
  inbox(): string {
    return createInbox(connectionOptions(this.#options.url, this.#options.creds).inboxPrefix);
  }

  /** Returns the connection once there is one. @throws the signal's reason if it aborts first */
  async connected(signal: AbortSignal): Promise<NatsConnection> {
    signal.throwIfAborted();
    let stop = () => {};
    try {
      return await new Promise((resolve, reject) => {
        const unlisten = this.onChange((connection) => connection && resolve(connection));
        const abort = () => reject(signal.reason);
        signal.addEventListener("abort", abort);
        stop = () => {
          unlisten();
          signal.removeEventListener("abort", abort);
        };
      });
    } finally {
      stop();
    }
  }

  /**
   * Connects again, to another server of a cluster, if NATS does not respond within 1.5 s. A machine that vanishes closes no
   * connection: the client alone notices it after 20 to 30 s.
   */
  async probe(): Promise<void> {
    const connection = this.current();
    if (!connection || this.#isProbing) return;
    this.#isProbing = true;
    const answered = connection.flush().then(
      () => true,
      () => true, // The connection was lost: the client connects again.
    );
    // A process that could not run first reads what has arrived meanwhile.
    const late = sleep(probeMs, undefined, { ref: false }).then(() => immediate(false));
    const isAlive = await Promise.race([answered, late]);
    this.#isProbing = false;
    if (!isAlive && connection === this.current()) await connection.reconnect();
  }

  /** Sends what is buffered, for up to 1 s, and closes the connection. */
  async close(): Promise<void> {
    this.#closing.abort();
    const flushed = this.current()
      ?.flush()
      .catch(() => {});
    await Promise.race([flushed, sleep(flushMs, undefined, { ref: false })]);
    await this.#connection?.close();
    await this.#running;
  }

  /** Connects, and waits until the connection is closed for good. The client itself restores a lost connection. */
  async #connect(succeed: () => void): Promise<void> {
    const connection = await this.#open();
    this.#connection = connection;
    succeed();
    this.#change(true);
    void this.#follow(connection);
    await connection.closed();
    this.#change(false);
    throw new Error("the connection was closed");
  }

  /** Does not wait for a server that never responds if the bus is closed meanwhile. */
  async #open(): Promise<NatsConnection> {
    const { url, creds, name } = this.#options;
    const servers = url.split(",").length;
    const limit = openLimit(this.#closing.signal, connectTimeoutMs * (servers + 1));
    const connecting = connect({ ...connectionOptions(url, creds), name });
    try {
      return await limit.race(connecting);
    } catch (error) {
      void connecting.then((connection) => connection.close()).catch(() => {});
      throw error;
    } finally {
      limit.end();
    }
  }

  /** Runs as long as the connection is referenced: closing it does not end the loop. */
  async #follow(connection: NatsConnection): Promise<void> {
    let losses = 0;
    const closeUnlessLost = (before: number) => {
      if (losses === before) void connection.close();
    };
    for await (const { type } of connection.status()) {
      if (type === Events.Disconnect) {
        losses += 1;
        this.#change(false);
      }
      if (type === Events.Reconnect) this.#change(true);
      // A connection that is closed is made again, by `#connect`.
      if (leaving.has(type)) setTimeout(closeUnlessLost, leaveMs, losses).unref();
    }
  }

  #change(isConnected: boolean): void {
    if (this.#isConnected === isConnected) return;
    this.#isConnected = isConnected;
    if (!this.#closing.signal.aborted) this.#report(isConnected);
    for (const listener of this.#listeners) listener(this.current());
  }

  /** Reports once why NATS was not reached. A connection that is lost later is reported by `#report`. */
  #reportFailure(error: unknown): void {
    if (this.#isReported || this.#connection || performance.now() - this.#openedAt < reportAfterMs) return;
    this.#isReported = true;
    const isSilent = error instanceof NatsError && error.code === ErrorCode.Timeout;
    const hosts = this.#options.url.split(",").map((server) => new URL(server.trim()).host);
    const silence = `NATS at ${hosts.join(", ")} did not respond within ${connectTimeoutMs / 1_000} s`;
    this.#options.log.warn({ reason: isSilent ? silence : String(error) }, "waiting for NATS");
  }

  #report(isConnected: boolean): void {
    const { log } = this.#options;
    if (isConnected) log.info("connected to NATS");
    else log.warn("lost NATS; reconnecting");
  }
}

/**
 * Connects to NATS in the background, as often as it takes: NATS need not run yet, and may go away.
 *
 * @example
 * ```ts no-run
 * import { connectBus } from "@mesh/events";
 * import { createLogger } from "@mesh/runtime";
 *
 * const log = createLogger({ name: "orders", level: "info" });
 * const bus = connectBus({ url: "nats://127.0.0.1:4222", name: "acme.orders", log });
 * await bus.close();
 * ```
 */
export function connectBus(options: BusOptions): Bus {
  return new Bus(options);
}
