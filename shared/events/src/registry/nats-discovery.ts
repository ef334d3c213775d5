import type { Discovery } from "@mesh/rpc";
import { type Logger, repeat } from "@mesh/runtime";
import type { KvEntry } from "nats";
import type { Bus } from "../bus.ts";
import { BucketWatch } from "../kv/bucket-watch.ts";
import { reasonOf } from "../nats-error.ts";
import { AttendedClock } from "./attended-clock.ts";
import { openRegistryBucket, reasonOfBucket, silenceMs, vanishedMs } from "./bucket.ts";
import { keyOf, keysOf, newReplicaId, readersName, replicaOf, serviceOf } from "./entry.ts";
import { type KnownReplica, lastResortMs, type ReplicasListener, ServiceReplicas } from "./service-replicas.ts";

/** Options of a discovery by the registry. */
export interface NatsDiscoveryOptions {
  readonly bus: Bus;
  readonly log: Logger;
}

/** A discovery that can be closed. */
export interface RegistryDiscovery extends Discovery {
  /** Ends all watches. The replicas that are known stay known. */
  close(): Promise<void>;
}

/** The most entries that can't be used and are reported while a bucket is watched. */
const maxUnusable = 1_000;

/** The pause between two looks for silent replicas, in milliseconds. */
const sweepMs = 200;

/**
 * The time that replicas have to register again after NATS was lost, in milliseconds: an attempt to connect that began too early
 * takes up to 5 s, and the pause after it up to 2 s.
 */
const graceMs = 10_000;

/**
 * The longest that no heartbeat may come before this process writes something itself, in milliseconds. If the registry takes
 * it, the silence is that of the replicas.
 */
const quietMs = 600;

/** The pause between two checks whether the bucket is still the same, in milliseconds. */
const checkMs = 5_000;

/**
 * Finds the replicas of services in the registry of the mesh, in the background: NATS need not run yet.
 *
 * A replica is dropped when it leaves, or after 1.5 s without a heartbeat if the registry confirms that, takes writes, and the silence
 * is not that of a server of NATS. While NATS is down, or does not respond, the known replicas stay in use. After that they have 10 s to
 * register again.
 *
 * @example
 * ```ts no-run
 * import { OrderService } from "@mesh/contracts/orders/v1";
 * import { connectBus, natsDiscovery } from "@mesh/events";
 * import { connect } from "@mesh/rpc";
 * import { createLogger } from "@mesh/runtime";
 *
 * const log = createLogger({ name: "script" });
 * const bus = connectBus({ url: "nats://127.0.0.1:4222", name: "script", log });
 * const discovery = natsDiscovery({ bus, log });
 * const orders = connect(OrderService, { address: discovery });
 * await orders.close();
 * await discovery.close();
 * await bus.close();
 * ```
 */
export function natsDiscovery(options: NatsDiscoveryOptions): RegistryDiscovery {
  return new NatsDiscovery(options);
}

class NatsDiscovery implements RegistryDiscovery {
  readonly #bus: Bus;
  readonly #log: Logger;
  readonly #closing = new AbortController();
  readonly #clock = new AttendedClock(2 * sweepMs);
  readonly #services = new Map<string, ServiceReplicas>();
  /** The replicas about whose silence the registry is asked. */
  readonly #asked = new Set<KnownReplica>();
  readonly #pulseKey = keyOf(readersName, newReplicaId());
  #isPulsing = false;
  readonly #timers: readonly NodeJS.Timeout[];
  #following: Promise<void> | undefined;
  /** Undefined: the registry can't be read. */
  #watch: BucketWatch | undefined;
  /** When the registry has last taken a heartbeat of any replica, or a pulse of this process, since the watch began. */
  #heardAt = Number.NEGATIVE_INFINITY;
  /** The server of NATS that the watch reads from. */
  #natsServer = "";
  /** The keys with entries that can't be used. Each is reported once, and the first of them only if there are many. */
  readonly #unusable = new Set<string>();
  #isReported = false;

  constructor({ bus, log }: NatsDiscoveryOptions) {
    this.#bus = bus;
    this.#log = log;
    this.#timers = [
      setInterval(() => this.#sweep(), sweepMs).unref(),
      setInterval(() => void this.#watch?.check(), checkMs).unref(),
    ];
  }

  watch(name: string, onChange: ReplicasListener): () => void {
    const known = this.#services.get(name);
    const service = known ?? new ServiceReplicas();
    this.#services.set(name, service);
    // The next watch includes it.
    if (!known) this.#watch?.end();
    this.#following ??= this.#follow();
    const unlisten = service.listen(onChange);
    return () => {
      unlisten();
      if (!service.isWatched && this.#services.get(name) === service) this.#services.delete(name);
    };
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    this.#closing.abort();
    this.#watch?.end();
    await this.#following;
  }

  #follow(): Promise<void> {
    return repeat((succeed) => this.#read(succeed), {
      signal: this.#closing.signal,
      intervalMs: 20,
      backoff: { maxMs: 1_000 },
      onFailure: (error) => this.#reportFailure(error),
      onRecovery: () => {
        if (this.#isReported) this.#log.info("the registry of the mesh can be read again");
        this.#isReported = false;
      },
    });
  }

  /** Reads the registry until NATS is lost, a service is added, or the registry is another one. */
  async #read(succeed: () => void): Promise<void> {
    const connection = await this.#bus.connected(this.#closing.signal);
    const services = [...this.#services.keys()];
    const watch = new BucketWatch(await openRegistryBucket(connection), services.map(keysOf), () => this.#publish());
    const unlisten = this.#bus.onChange((current) => current === connection || watch.end());
    // Meanwhile, services may have been added, or this discovery closed.
    if (this.#closing.signal.aborted || this.#isAnyBut(services)) watch.end();
    this.#watch = watch;
    this.#unusable.clear();
    this.#natsServer = connection.info?.server_id ?? "";
    this.#heardAt = this.#clock.now();
    this.#extend();
    try {
      for await (const entry of watch.entries(succeed)) if (this.#apply(entry)) this.#publish();
    } finally {
      this.#watch = undefined;
      unlisten();
    }
  }

  #extend(): void {
    for (const service of this.#services.values()) service.extend(this.#clock.now() + graceMs);
  }

  #isAnyBut(names: readonly string[]): boolean {
    return [...this.#services.keys()].some((name) => !names.includes(name));
  }

  /** Returns whether an entry is more than another heartbeat of what is known. */
  #apply(entry: KvEntry): boolean {
    const service = this.#services.get(serviceOf(entry.key));
    const now = this.#clock.now();
    try {
      if (entry.operation !== "PUT") return service?.left(entry.key, now) ?? false;
      this.#hear(now);
      return service?.heard(entry.key, replicaOf(entry), entry.revision, now) ?? false;
    } catch (error) {
      if (!this.#unusable.has(entry.key) && this.#unusable.size < maxUnusable) {
        this.#unusable.add(entry.key);
        this.#log.warn({ key: entry.key, reason: reasonOf(error) }, "the registry has an entry that can't be used");
      }
      return false;
    }
  }

  /** Notes that the registry takes writes. If it took none at all, the heartbeats of the others are on their way. */
  #hear(now: number): void {
    if (now - this.#heardAt > silenceMs) this.#extend();
    this.#heardAt = now;
  }

  /** Until everything was read once, the replicas of a service are not known. */
  #publish(): void {
    if (!this.#watch?.isRead) return;
    for (const service of this.#services.values()) service.publish(this.#clock.now());
  }

  #sweep(): void {
    this.#clock.tick();
    const watch = this.#watch;
    if (!watch) return;
    const now = this.#clock.now();
    if (now - this.#heardAt > silenceMs) void this.#bus.probe();
    const overdue = this.#overdue(now);
    const isQuiet = now - this.#heardAt > quietMs && [...this.#services.values()].some(({ isHeard }) => isHeard);
    if (isQuiet || overdue.some(({ dueAt }) => dueAt > this.#heardAt)) void this.#pulse(watch);
    for (const replica of overdue) void this.#ask(watch, replica);
    this.#publish();
  }

  #overdue(now: number): KnownReplica[] {
    return [...this.#services.values()].flatMap((service) => service.overdue(now));
  }

  /** Writes something that no process reads, to see whether the registry takes it. */
  async #pulse(watch: BucketWatch): Promise<void> {
    if (this.#isPulsing) return;
    this.#isPulsing = true;
    try {
      await watch.bucket.delete(this.#pulseKey);
      if (watch !== this.#watch) return;
      const now = this.#clock.now();
      this.#hear(now);
      for (const replica of this.#overdue(now)) void this.#ask(watch, replica);
    } catch {
      // A registry that takes no writes says nothing of its replicas.
    } finally {
      this.#isPulsing = false;
    }
  }

  /** Returns whether the silence of a replica is its own, and not that of NATS. */
  #isAlone({ natsServer, dueAt }: KnownReplica): boolean {
    const now = this.#clock.now();
    // While the registry takes no writes, as during an election, all replicas seem to be silent.
    if (this.#heardAt < dueAt) return now >= dueAt + lastResortMs;
    if (natsServer === "" || natsServer === this.#natsServer || now >= dueAt - silenceMs + vanishedMs) return true;
    return [...this.#services.values()].some((service) => service.hasHeardThrough(natsServer, dueAt));
  }

  /** Marks a replica as silent if the registry has heard nothing of it either. */
  async #ask(watch: BucketWatch, replica: KnownReplica): Promise<void> {
    if (this.#asked.has(replica) || !this.#isAlone(replica)) return;
    this.#asked.add(replica);
    const { revision } = replica;
    try {
      const entry = await watch.bucket.get(replica.key);
      // It was heard meanwhile, or NATS was lost.
      if (replica.revision !== revision || watch !== this.#watch) return;
      // An entry that is missing was deleted because of its age, or with the bucket: then, nothing is heard.
      const isSilent = entry ? entry.revision === revision : !replica.isCurrent || this.#heardAt >= replica.dueAt;
      if (isSilent) replica.isSilent = true;
      // The registry has what the watch does not receive.
      else watch.end();
    } catch {
      // A registry that does not respond confirms nothing.
    } finally {
      this.#asked.delete(replica);
    }
  }

  /** Reports once why the registry can't be read. The bus reports when NATS is lost. */
  #reportFailure(error: unknown): void {
    if (this.#isReported || !this.#bus.current()) return;
    this.#isReported = true;
    this.#log.warn(
      { reason: reasonOfBucket(error) },
      "the registry of the mesh can't be read; the known replicas stay in use",
    );
  }
}
