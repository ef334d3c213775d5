import { backoffMs, type Logger, repeat } from "@mesh/runtime";
import { isStoreUnavailable, type Schema, type Store, type StoreTransaction } from "@mesh/store";
import { Alarm } from "../alarm.ts";
import type { Delivery } from "../delivery.ts";
import { type Lease, LeaseLost } from "../lease/lease.ts";
import {
  type DueEvent,
  endAttempts,
  parkedKeys,
  parkUntried,
  promote,
  promoteAll,
  readDue,
  removeParked,
  suspectAttempts,
} from "./parked-rows.ts";

/** Options of `Parking`. */
export interface ParkingOptions {
  readonly store: Store<Schema>;
  readonly lease: Lease;
  readonly log: Logger;
  /** Ends everything. */
  readonly closing: AbortSignal;
  /** Tries an event, once it is the turn of its key. */
  readonly attempt: (due: DueEvent) => Promise<void>;
  /** Runs work when it is the turn of a key. */
  readonly enqueue: (key: string, work: () => Promise<void>) => void;
}

/** The channel by which an operator reports that events are to be tried again. */
export const parkedChannel = "mesh_parked";

/** The most events that are parked for a consumer. With more, it receives no further ones. */
const maxParked = 100_000;

/** How many events whose time has come are read at a time. */
const dueLimit = 64;

/** The longest pause until the table is read again, in milliseconds: an event may have been replayed. */
const restMs = 30_000;

/** The events of a consumer that wait for another attempt, in PostgreSQL. They take no room of those that NATS delivers. */
export class Parking {
  readonly #options: ParkingOptions;
  readonly #alarm = new Alarm();
  readonly #opened: Promise<void>;
  readonly #running: Promise<void>;
  /** The number of parked events by key. */
  readonly #keys = new Map<string, number>();
  #count = 0;
  /** The positions of those that are queued for an attempt. */
  readonly #queued = new Set<number>();
  #isTryingSuspect = false;
  #isOutdated = false;
  readonly #unlisten: () => void;

  constructor(options: ParkingOptions) {
    this.#options = options;
    this.#unlisten = options.store.listen(parkedChannel, () => {
      this.#isOutdated = true;
      this.wake();
    });
    this.#opened = this.#open();
    this.#opened.catch(() => {});
    this.#running = this.#run();
  }

  /** Resolves once it is known which keys have parked events. @throws if the lease is lost, or it is closed */
  opened(): Promise<void> {
    return this.#opened;
  }

  /** Whether events of a key are parked. */
  has(key: string): boolean {
    return this.#keys.has(key);
  }

  /** Whether no more events should be received for now. */
  get isFull(): boolean {
    return this.#count >= maxParked;
  }

  /** Looks into the table now. */
  wake(): void {
    this.#alarm.ring();
  }

  /**
   * Parks an event that has not been tried, behind another one or because it is suspect. Returns false if it should be handled
   * now: there is no event that it would be behind.
   */
  async park(delivery: Delivery, state: "behind" | "suspect"): Promise<boolean> {
    const result = await this.write((tx) => parkUntried(tx, delivery, state));
    if (result === "parked") this.add(delivery.key);
    if (result === "free") this.#forget(delivery.key);
    if (state === "suspect") this.wake();
    return result !== "free";
  }

  /** Counts an event that was parked. */
  add(key: string): void {
    this.#count += 1;
    this.#keys.set(key, (this.#keys.get(key) ?? 0) + 1);
  }

  /** Removes an event that was handled, and lets the next one of its key be tried. */
  async finish({ position, key }: DueEvent): Promise<void> {
    const { lease } = this.#options;
    await this.write(async (tx) => {
      await removeParked(tx, position);
      await promote(tx, lease.terms.consumer, key);
    });
    this.subtract(key);
  }

  /** Lets the next event of a key be tried after one that was dead-lettered. */
  async goOn(key: string): Promise<void> {
    await this.write((tx) => promote(tx, this.#options.lease.terms.consumer, key));
    this.subtract(key);
  }

  /** Counts an event that is no longer parked. */
  subtract(key: string): void {
    const left = (this.#keys.get(key) ?? 1) - 1;
    if (left > 0) this.#keys.set(key, left);
    else this.#keys.delete(key);
    this.#count = Math.max(0, this.#count - 1);
    this.wake();
  }

  #forget(key: string): void {
    this.#count -= this.#keys.get(key) ?? 0;
    this.#keys.delete(key);
  }

  /** Writes in a transaction of the lease. Waits while the database is unavailable. @throws LeaseLost */
  async write<R>(work: (tx: StoreTransaction<Schema>) => Promise<R>): Promise<R> {
    const { store, lease, closing } = this.#options;
    for (let attempt = 0; ; attempt++) {
      try {
        return await store.transaction(work, undefined, lease.opening);
      } catch (error) {
        if (closing.aborted || !isStoreUnavailable(error)) throw error;
        await new Promise((resolve) => setTimeout(resolve, backoffMs(attempt)));
      }
    }
  }

  async close(): Promise<void> {
    this.#unlisten();
    this.wake();
    await this.#running;
  }

  /** Ends what the holder before was trying, and reads which keys have parked events. */
  async #open(): Promise<void> {
    const { consumer, crashes } = this.#options.lease.terms;
    await this.write(async (tx) => {
      await (crashes > 0 ? suspectAttempts(tx, consumer) : endAttempts(tx, consumer));
      await promoteAll(tx, consumer);
    });
    await this.#readKeys();
  }

  /** Adds what others have changed. That no event of a key waits any more is noticed when the next one is parked behind it. */
  async #readKeys(): Promise<void> {
    const { store, lease } = this.#options;
    this.#isOutdated = false;
    const stored = await parkedKeys(store, lease.terms.consumer);
    for (const [key, count] of stored) this.#keys.set(key, Math.max(count, this.#keys.get(key) ?? 0));
    this.#count = [...this.#keys.values()].reduce((sum, count) => sum + count, 0);
  }

  async #run(): Promise<void> {
    const { closing, lease, log } = this.#options;
    await this.#opened.catch(() => {});
    await repeat(() => this.#look(), {
      signal: AbortSignal.any([closing, lease.lost]),
      backoff: {},
      onFailure(error) {
        if (error instanceof LeaseLost || isStoreUnavailable(error)) return;
        log.warn({ consumer: lease.terms.consumer, reason: String(error) }, "could not read the parked events");
      },
    });
  }

  /** Queues the events whose time has come, and pauses until that of the next one. */
  async #look(): Promise<void> {
    const { store, lease } = this.#options;
    if (this.#isOutdated) await this.#readKeys();
    if (this.#count === 0) return this.#alarm.pause(restMs);
    const { due, nextInMs = restMs } = await readDue(store, lease.terms.consumer, dueLimit);
    for (const event of due) this.#queue(event);
    await this.#alarm.pause(Math.min(Math.max(nextInMs, 1), restMs));
  }

  /** Of those that are suspect, only one is tried at a time. */
  #queue(event: DueEvent): void {
    const { position, key, state } = event;
    const isSuspect = state === "suspect";
    if (this.#queued.has(position) || (isSuspect && this.#isTryingSuspect)) return;
    this.#queued.add(position);
    if (isSuspect) this.#isTryingSuspect = true;
    this.#options.enqueue(key, async () => {
      try {
        await this.#options.attempt(event);
      } finally {
        this.#queued.delete(position);
        if (isSuspect) this.#isTryingSuspect = false;
        this.wake();
      }
    });
  }
}
