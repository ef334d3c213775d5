import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Replica } from "@mesh/rpc";
import { type Health, type Logger, repeat } from "@mesh/runtime";
import type { KV, NatsConnection } from "nats";
import type { Bus } from "../bus.ts";
import { raiseReplicas } from "../kv/raise-replicas.ts";
import { heartbeatMs, openRegistryBucket, reasonOfBucket, registryBucket, removeWithoutLeader } from "./bucket.ts";
import { encodeReplica, keyOf, newReplicaId, type RegisteredReplica } from "./entry.ts";

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

/** NATS is probed if it has not confirmed a heartbeat for that long, in milliseconds. */
const confirmMs = 1_000;

/** The pause between two checks whether a cluster keeps the registry on three servers, in milliseconds. */
const raiseMs = 30_000;

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
  readonly #services: readonly string[];
  readonly #replica: Omit<RegisteredReplica, "natsServer">;
  readonly #removeAfterMs = randomInt(removeAfterMs.least, removeAfterMs.most);
  #bucket: KV | undefined;
  /** When the bucket could be written, or NATS was reached, by a monotonic clock. */
  #wellAt = performance.now();
  #raisedAt = Number.NEGATIVE_INFINITY;

  constructor({ bus, services, log }: RegisterOptions, replica: Replica) {
    this.#log = log;
    this.#bus = bus;
    this.#services = services;
    this.#replica = { ...replica, startedAt: new Date() };
  }

  /** @throws if NATS is unreachable or has lost the bucket, which the next attempt creates */
  async send(): Promise<void> {
    const before = this.#bucket;
    this.#bucket = undefined;
    const connection = this.#bus.current();
    if (!connection) throw new Error("NATS can't be reached");
    const bucket = before ?? (await openRegistryBucket(connection));
    await this.#write(bucket, connection);
    this.#bucket = bucket;
    this.#wellAt = performance.now();
    if (!before) this.onFirst();
    this.#raise(connection);
  }

  /** @throws if NATS is lost meanwhile, which it may have been for long */
  async #write(bucket: KV, connection: NatsConnection): Promise<void> {
    const replica = { ...this.#replica, natsServer: connection.info?.server_id ?? "" };
    const probing = setTimeout(() => void this.#bus.probe(), confirmMs);
    let unlisten = () => {};
    const lost = new Promise<never>((_, reject) => {
      unlisten = this.#bus.onChange((current) => current === connection || reject(new Error("NATS was lost")));
    });
    const writes = this.#services.map((name) => bucket.put(keyOf(name, replica.id), encodeReplica(name, replica)));
    try {
      await Promise.race([Promise.all(writes), lost]);
    } finally {
      clearTimeout(probing);
      unlisten();
    }
  }

  /** A bucket that was created while a cluster had fewer servers is on one of them. */
  #raise(connection: NatsConnection): void {
    if (performance.now() - this.#raisedAt < raiseMs) return;
    this.#raisedAt = performance.now();
    const onRaised = (isRaised: boolean) => isRaised && this.#log.info("the registry is kept on three servers now");
    // It is attempted again.
    raiseReplicas(connection, registryBucket).then(onRaised, () => {});
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
    await Promise.all(this.#services.map((name) => this.#bucket?.delete(keyOf(name, this.#replica.id))));
  }
}
