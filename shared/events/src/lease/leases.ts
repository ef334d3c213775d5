import { type Logger, repeat } from "@mesh/runtime";
import { isStoreUnavailable, type Schema, type Store } from "@mesh/store";
import { Alarm } from "../alarm.ts";
import type { Bus } from "../bus.ts";
import { type Candidate, chooseHolder } from "./choose.ts";
import { Lease, type Place } from "./lease.ts";
import {
  type LeaseState,
  leaseChannel,
  leasesOf,
  liveProcesses,
  releaseLease,
  reportAlive,
  reportEnd,
  savePlace,
  takeLease,
} from "./lease-rows.ts";

/** A consumer that works while this process holds its lease. */
export interface LeasedConsumer {
  /** The name of the durable consumer. */
  readonly durable: string;
  /** Begins to consume. */
  begin(lease: Lease): void;
  /** Another process consumes. */
  standBy(): void;
  /** Returns how far it is. */
  place(): Place;
  /** Receives no more events, and waits for the handlers that run, for up to `drainMs`. */
  end(drainMs: number): Promise<void>;
}

/** Options of `Leases`. */
export interface LeasesOptions {
  readonly store: Store<Schema>;
  readonly bus: Bus;
  readonly consumers: readonly LeasedConsumer[];
  readonly log: Logger;
  /** The time after which other processes take over from one that is silent, in milliseconds. */
  readonly ttlMs: number;
  /** The longest that a handover waits for handlers, in milliseconds. */
  readonly drainMs: number;
}

/**
 * Holds the leases of the consumers of a service that this process should consume. Each is held by one process, so that the
 * events of a key are handled in order. The processes share the consumers.
 */
export class Leases {
  readonly #options: LeasesOptions;
  readonly #id = crypto.randomUUID();
  readonly #held = new Map<string, Lease>();
  /** The consumers that are being taken or handed over. */
  readonly #changing = new Map<string, Promise<unknown>>();
  readonly #alarm = new Alarm();
  readonly #closing = new AbortController();
  readonly #running: Promise<void>;
  readonly #unlisten: () => void;

  constructor(options: LeasesOptions) {
    this.#options = options;
    const ring = () => this.#alarm.ring();
    const unlistenBus = options.bus.onChange(ring);
    const unlistenStore = options.store.listen(leaseChannel, ring);
    this.#unlisten = () => {
      unlistenBus();
      unlistenStore();
    };
    this.#running = this.#run();
  }

  /** Ends the consumers and releases their leases. */
  async close(drainMs: number): Promise<void> {
    this.#closing.abort();
    this.#unlisten();
    this.#alarm.ring();
    await Promise.all([...this.#changing.values()]);
    await Promise.all(this.#options.consumers.map((consumer) => this.#release(consumer, drainMs)));
    await this.#running;
    await reportEnd(this.#options.store, this.#id).catch((error) => this.#report(error));
  }

  async #run(): Promise<void> {
    const { ttlMs } = this.#options;
    const { signal } = this.#closing;
    await repeat(
      async () => {
        await this.#beat().catch((error) => this.#report(error));
        await this.#alarm.pause(ttlMs * 0.3);
      },
      { signal },
    );
  }

  /** Reports that this process is alive and how far it is, and takes and hands over what it should. */
  async #beat(): Promise<void> {
    const { store, bus, consumers, ttlMs } = this.#options;
    const names = consumers.map(({ durable }) => durable);
    // Without NATS it can't consume.
    const self: Candidate = { id: this.#id, consumers: bus.current() ? names : [] };
    await reportAlive(store, self, ttlMs);
    await Promise.all(consumers.map((consumer) => this.#save(consumer)));
    const [live, leases] = await Promise.all([liveProcesses(store), leasesOf(store, names)]);
    if (this.#closing.signal.aborted) return;
    for (const consumer of consumers) {
      const lease = leases.find((one) => one.consumer === consumer.durable);
      this.#decide(consumer, lease, [...live.filter(({ id }) => id !== this.#id), self]);
    }
  }

  async #save(consumer: LeasedConsumer): Promise<void> {
    const lease = this.#held.get(consumer.durable);
    if (!lease || this.#changing.has(consumer.durable)) return;
    if (!(await savePlace(this.#options.store, lease, consumer.place()))) lease.lose();
  }

  #decide(consumer: LeasedConsumer, lease: LeaseState | undefined, live: readonly Candidate[]): void {
    const { durable } = consumer;
    if (this.#changing.has(durable)) return;
    const best = chooseHolder(durable, live);
    const held = this.#held.get(durable);
    if (held?.lost.aborted || (held && best !== undefined && best !== this.#id)) {
      this.#change(durable, () => this.#release(consumer, this.#options.drainMs));
      return;
    }
    const isFree = !lease?.holder || lease.holder === this.#id || !live.some(({ id }) => id === lease.holder);
    if (!held && !isFree) consumer.standBy();
    if (held || !isFree || best !== this.#id) return;
    const seen = { consumer: durable, epoch: lease?.epoch ?? 0 };
    this.#change(durable, () => this.#take(consumer, seen));
  }

  #change(durable: string, work: () => Promise<void>): void {
    const changing = work()
      .catch((error) => this.#report(error))
      .finally(() => this.#changing.delete(durable));
    this.#changing.set(durable, changing);
  }

  async #take(consumer: LeasedConsumer, seen: Pick<LeaseState, "consumer" | "epoch">): Promise<void> {
    const { store, log } = this.#options;
    const terms = await takeLease(store, this.#id, seen);
    if (!terms) return;
    const lease = new Lease(terms);
    this.#held.set(consumer.durable, lease);
    log.debug({ consumer: consumer.durable, epoch: terms.epoch, position: terms.position }, "consumes");
    consumer.begin(lease);
  }

  async #release(consumer: LeasedConsumer, drainMs: number): Promise<void> {
    const lease = this.#held.get(consumer.durable);
    if (!lease) return;
    await consumer.end(drainMs);
    this.#held.delete(consumer.durable);
    if (lease.lost.aborted) return this.#alarm.ring();
    await releaseLease(this.#options.store, lease, consumer.place());
  }

  #report(error: unknown): void {
    // The store itself reports that the database is lost.
    if (isStoreUnavailable(error)) return;
    this.#options.log.warn({ reason: String(error) }, "could not keep the leases of the consumers");
  }
}
