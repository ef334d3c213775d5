import { setTimeout as sleep } from "node:timers/promises";
import { backoffMs, type Logger } from "@mesh/runtime";
import { connect, Events, type NatsConnection } from "nats";
import { connectionOptions, requestTimeoutMs } from "./connection.ts";

/** The connection to NATS, which may be there or not. */
export interface Bus {
  /** The connection; undefined while there is none. */
  current(): NatsConnection | undefined;
  /** Calls back at once, and whenever NATS is lost or back; returns a function that ends it. */
  onChange(listener: BusListener): () => void;
  /** Sends what is on its way, for up to 2 s, and closes. */
  close(): Promise<void>;
}

/** Told the connection, or undefined where there is none. */
export type BusListener = (connection: NatsConnection | undefined) => void;

/** What a bus needs. */
export interface BusOptions {
  /** `nats://user:password@host:4222`; of a cluster several, separated by commas. */
  readonly url: string;
  /** How NATS names the connection: the service. */
  readonly name: string;
  readonly log: Logger;
}

/** Connects in the background, as often as it takes: NATS need not be there yet, and may go away. */
export function connectBus({ url, name, log }: BusOptions): Bus {
  const closing = new AbortController();
  const listeners = new Set<BusListener>();
  let connection: NatsConnection | undefined;
  let isConnected = false;
  const current = () => (isConnected ? connection : undefined);

  function change(next: boolean): void {
    if (isConnected === next) return;
    isConnected = next;
    if (!closing.signal.aborted) say(next);
    for (const listener of listeners) listener(current());
  }

  function say(connected: boolean): void {
    if (connected) log.info("connected to NATS");
    else log.warn("lost NATS; trying until it is back");
  }

  /** Connects once; the connection mends itself until it is closed for good. */
  async function hold(): Promise<void> {
    connection = await connect({ ...connectionOptions(url), name });
    if (closing.signal.aborted) return connection.close();
    change(true);
    void follow(connection);
    await connection.closed();
    change(false);
  }

  /** Goes on for as long as somebody refers to the connection: closing does not end the loop. */
  async function follow(held: NatsConnection): Promise<void> {
    for await (const { type } of held.status()) {
      if (type === Events.Disconnect) change(false);
      if (type === Events.Reconnect) change(true);
    }
  }

  async function run(): Promise<void> {
    for (let attempt = 0; !closing.signal.aborted; attempt++) {
      await hold().catch((error: unknown) => {
        if (attempt === 3) log.warn({ reason: String(error) }, "waiting for NATS");
      });
      await sleep(backoffMs(attempt, { maxMs: 2_000 }), undefined, closing).catch(() => {});
    }
  }

  const running = run();
  return {
    current,
    onChange(listener) {
      listeners.add(listener);
      listener(current());
      return () => void listeners.delete(listener);
    },
    async close() {
      closing.abort();
      const flushed = current()
        ?.flush()
        .catch(() => {});
      await Promise.race([flushed, sleep(requestTimeoutMs, undefined, { ref: false })]);
      await connection?.close();
      await running;
    },
  };
}

/** The connection, once there is one. @throws the signal's reason when it aborts first */
export function whenConnected(bus: Bus, signal: AbortSignal): Promise<NatsConnection> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const abort = () => finish(() => reject(signal.reason));
    let unlisten = () => {};
    const finish = (settle: () => void) => {
      signal.removeEventListener("abort", abort);
      queueMicrotask(() => unlisten());
      settle();
    };
    signal.addEventListener("abort", abort);
    unlisten = bus.onChange((connection) => connection && finish(() => resolve(connection)));
  });
}
