import { setTimeout as sleep } from "node:timers/promises";
import { type Logger, repeat } from "@mesh/runtime";
import { connect, Events, type NatsConnection } from "nats";
import { connectionOptions, requestTimeoutMs } from "./connection-options.ts";

/** Receives the connection whenever it changes, or undefined if there is none. */
export type BusListener = (connection: NatsConnection | undefined) => void;

/** Options of a bus. */
export interface BusOptions {
  /** `nats://user:password@host:4222`; several for a cluster, separated by commas. */
  readonly url: string;
  /** The name of the connection in NATS: the service. */
  readonly name: string;
  readonly log: Logger;
}

/** A connection to NATS that is made in the background, and again whenever it is lost. */
export class Bus {
  readonly #options: BusOptions;
  readonly #closing = new AbortController();
  readonly #listeners = new Set<BusListener>();
  readonly #running: Promise<void>;
  #connection: NatsConnection | undefined;
  #isConnected = false;

  constructor(options: BusOptions) {
    this.#options = options;
    this.#running = repeat((succeed) => this.#connect(succeed), {
      signal: this.#closing.signal,
      backoff: { maxMs: 2_000 },
      onFailure: (error, failures) => {
        if (failures === 4) options.log.warn({ reason: String(error) }, "waiting for NATS");
      },
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

  /** Sends what is buffered, for up to 2 s, and closes the connection. */
  async close(): Promise<void> {
    this.#closing.abort();
    const flushed = this.current()
      ?.flush()
      .catch(() => {});
    await Promise.race([flushed, sleep(requestTimeoutMs, undefined, { ref: false })]);
    await this.#connection?.close();
    await this.#running;
  }

  /** Connects, and waits until the connection is closed for good. The client itself restores a lost connection. */
  async #connect(succeed: () => void): Promise<void> {
    const { url, name } = this.#options;
    const connection = await connect({ ...connectionOptions(url), name });
    this.#connection = connection;
    if (this.#closing.signal.aborted) return connection.close();
    succeed();
    this.#change(true);
    void this.#follow(connection);
    await connection.closed();
    this.#change(false);
    throw new Error("the connection was closed");
  }

  /** Runs as long as the connection is referenced: closing it does not end the loop. */
  async #follow(connection: NatsConnection): Promise<void> {
    for await (const { type } of connection.status()) {
      if (type === Events.Disconnect) this.#change(false);
      if (type === Events.Reconnect) this.#change(true);
    }
  }

  #change(isConnected: boolean): void {
    if (this.#isConnected === isConnected) return;
    this.#isConnected = isConnected;
    if (!this.#closing.signal.aborted) this.#report(isConnected);
    for (const listener of this.#listeners) listener(this.current());
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
