import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Replica } from "@mesh/rpc";
import { type Health, type Logger, repeat } from "@mesh/runtime";
import type { KV } from "nats";
import type { Bus } from "../bus.ts";
import { heartbeatMs, openRegistryBucket, reasonOfBucket, removeWithoutLeader } from "./bucket.ts";
import { encodeReplica, keyOf, newReplicaId } from "./entry.ts";

/** Options of a registration. */
export interface RegisterOptions {
  readonly bus: Bus;
  /** The names of the services in the mesh that this process serves: `orders`. */
  readonly services: readonly string[];
  /** Where other processes reach it: `host:port`. */
  readonly address: string;
  /** The version of the program, for logs. Default: none. */
  readonly version?: string | undefined;
  readonly log: Logger;
  /** Gets the part `registry`, which is always ready. Its warning says why other processes do not find this one. */
  readonly health?: Health;
}

/** The registration of this process. */
export interface Registration {
  /** Identifies this process in the registry. */
  readonly id: string;
  /** Removes this process from the registry, for up to 1 s. Other processes send it no more calls then. */
  close(): Promise<void>;
}

/** The longest that `close` takes, in milliseconds. */
const leaveMs = 1_000;

/**
 * The time after which a bucket that can't be written is removed if it has no leader, in milliseconds. An election takes up to 6 s.
 * The time varies between processes, so that one of them does it.
 */
const removeAfterMs = { least: 10_000, most: 20_000 };

/**
 * Registers this process as a replica of its services, in the background and until it is closed: NATS need not run yet, and
 * may lose the registry. Writes every 500 ms.
 *
 * @example
 * ```ts no-run
 * import { connectBus, register } from "@mesh/events";
 * import { createLogger } from "@mesh/runtime";
 *
 * const log = createLogger({ name: "orders" });
 * const bus = connectBus({ url: "nats://127.0.0.1:4222", name: "orders", log });
 * const registration = register({ bus, services: ["orders"], address: "10.0.0.7:7001", log });
 * await registration.close();
 * await bus.close();
 * ```
 */
export function register(options: RegisterOptions): Registration {
  const { services, address, version, log, health } = options;
  const id = newReplicaId();
  const beats = new Heartbeats(options, { id, address, ...(version && { version }) });
  const closing = new AbortController();
  health?.set("registry", true, "not registered yet");

  let isReported = false;
  const running = repeat(() => beats.send(), {
    signal: closing.signal,
    intervalMs: heartbeatMs,
    backoff: { maxMs: heartbeatMs },
    onFailure(error) {
      beats.recover();
      const reason = reasonOfBucket(error);
      health?.set("registry", true, reason);
      // The bus reports when NATS is lost.
      if (isReported || !options.bus.current()) return;
      isReported = true;
      log.warn({ reason }, "this process can't be registered; other processes may not find it");
    },
  });
  beats.onFirst = () => {
    isReported = false;
    health?.set("registry", true);
    log.info({ services, address, id }, "registered");
  };

  return {
    id,
    async close() {
      closing.abort();
      const left = running.then(() => beats.leave());
      await Promise.race([left.catch(() => {}), sleep(leaveMs, undefined, { ref: false })]);
    },
  };
}

/** Writes the keys of a replica, one for each service. */
class Heartbeats {
  /** Called when the first heartbeat was written, and the first one after a failure. */
  onFirst: () => void = () => {};
  readonly #bus: Bus;
  readonly #log: Logger;
  readonly #values: ReadonlyMap<string, Uint8Array>;
  readonly #removeAfterMs = randomInt(removeAfterMs.least, removeAfterMs.most);
  #bucket: KV | undefined;
  /** When the bucket could be written, or NATS was reached, by a monotonic clock. */
  #wellAt = performance.now();

  constructor({ bus, services, log }: RegisterOptions, replica: Replica) {
    this.#log = log;
    const startedAt = new Date();
    this.#bus = bus;
    this.#values = new Map(services.map((name) => [keyOf(name, replica.id), encodeReplica(name, replica, startedAt)]));
  }

  /** @throws if NATS is unreachable or has lost the bucket, which the next attempt creates */
  async send(): Promise<void> {
    const before = this.#bucket;
    this.#bucket = undefined;
    const connection = this.#bus.current();
    if (!connection) throw new Error("NATS can't be reached");
    const bucket = before ?? (await openRegistryBucket(connection));
    await Promise.all([...this.#values].map(([key, value]) => bucket.put(key, value)));
    this.#bucket = bucket;
    this.#wellAt = performance.now();
    if (!before) this.onFirst();
  }

  /** After failures, removes a bucket that has no leader. */
  recover(): void {
    const connection = this.#bus.current();
    if (!connection) this.#wellAt = performance.now();
    if (!connection || performance.now() - this.#wellAt < this.#removeAfterMs) return;
    this.#wellAt = performance.now();
    const onRemoved = (isRemoved: boolean) => isRemoved && this.#log.warn("removed the registry, which had no leader");
    // It is attempted again.
    removeWithoutLeader(connection).then(onRemoved, () => {});
  }

  async leave(): Promise<void> {
    if (!this.#bus.current()) return;
    await Promise.all([...this.#values.keys()].map((key) => this.#bucket?.delete(key)));
  }
}
