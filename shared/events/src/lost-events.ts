import { setTimeout as sleep } from "node:timers/promises";
import { type Limit, type Logger, openLimit } from "@mesh/runtime";
import type { Schema, Store } from "@mesh/store";
import type { NatsConnection } from "nats";
import type { Bus } from "./bus.ts";
import { reasonOf } from "./nats-error.ts";
import { takeRelayLock } from "./relay-lock.ts";
import { countLost, headsOf, type Reused, type StoredEvents, type StreamHead, sendAgain } from "./sent-rows.ts";
import type { Streams } from "./streams.ts";

/** Options of `LostEvents`. */
export interface LostEventsOptions<S extends Schema> {
  readonly store: Store<S>;
  readonly bus: Bus;
  readonly streams: Streams;
  readonly log: Logger;
}

/** The longest that a look at the streams takes, in milliseconds. */
const lookMs = 8_000;

/** The pause before a stream that has lost events is read again, in milliseconds: the new leader of a cluster may not have all yet. */
const confirmMs = 1_000;

/** The pause before a stream is read again that could not be read, in milliseconds. */
const retryMs = 2_000;

/**
 * Finds what streams have lost, and has the outbox send it again, before any later event. A stream has lost events if its last sequence
 * is smaller than one that it has acknowledged: it was deleted, restored from a backup, or killed before the events were on its disk.
 */
export class LostEvents<S extends Schema> {
  readonly #options: LostEventsOptions<S>;
  /** The last sequence of each stream that this process knows of. */
  #heads = new Map<string, number>();
  /** Events that were stored at sequences that their stream had used before. */
  readonly #reused = new Map<string, Reused>();
  #isDue = true;
  /** Streams that could not be read. */
  #unread = new Set<string>();
  #retryAt = 0;
  #isReported = false;

  constructor(options: LostEventsOptions<S>) {
    this.#options = options;
  }

  /** Has the streams compared before another event is sent. */
  request(): void {
    this.#isDue = true;
  }

  /** @throws if a stream is to be compared first */
  check(stream: string): void {
    if (this.#isDue || this.#unread.has(stream))
      throw new Error(`what ${stream} has is compared with the outbox first`);
  }

  /** Returns whether a stream that is missing may be created: none of its events is lost. */
  mayCreate(stream: string): boolean {
    if (!this.#heads.has(stream)) return true;
    this.request();
    return false;
  }

  /** Compares the last sequences of streams. Returns whether one has lost events. @param lasts those of all streams */
  compare(lasts: ReadonlyMap<string, number>): boolean {
    const isLost = [...this.#heads].some(([stream, head]) => (lasts.get(stream) ?? 0) < head);
    if (isLost) this.request();
    return isLost;
  }

  /** Takes note of events that a stream has acknowledged. */
  note(stored: StoredEvents): void {
    const { stream, positions, first, last } = stored;
    const head = this.#heads.get(stream) ?? 0;
    const reused = this.#reused.get(stream);
    if (reused) this.#reused.set(stream, { ...reused, positions: [...reused.positions, ...positions] });
    else if (first > 0 && first <= head) this.#reused.set(stream, { first, positions });
    if (this.#reused.has(stream)) this.request();
    this.#heads.set(stream, Math.max(head, last));
  }

  /** Compares all streams if that is due. Returns false if no event may be sent yet. @throws if the database fails */
  async look(signal: AbortSignal): Promise<boolean> {
    const { bus, store } = this.#options;
    if (this.#unread.size > 0 && Date.now() >= this.#retryAt) this.request();
    if (!this.#isDue) return true;
    const connection = bus.current();
    if (!connection) return false;
    this.#isDue = false;
    const limit = openLimit(signal, lookMs);
    try {
      // First the outbox and then the streams: what other processes send meanwhile is never taken for lost.
      const heads = await headsOf(store.db);
      this.#heads = new Map(heads.map(({ stream, sequence }) => [stream, sequence]));
      this.#unread = new Set();
      await Promise.all(heads.map((head) => this.#compare(connection, head, limit)));
    } catch (error) {
      this.request();
      throw error;
    } finally {
      limit.end();
    }
    if (this.#unread.size === 0) this.#isReported = false;
    return !this.#isDue;
  }

  async #compare(connection: NatsConnection, { stream, sequence }: StreamHead, limit: Limit): Promise<void> {
    const isLost = async () => {
      const last = (await limit.race(this.#options.streams.lastOf(connection, stream))) ?? 0;
      return last < sequence || this.#reused.has(stream);
    };
    try {
      if (!(await isLost())) return;
      await sleep(confirmMs, undefined, { signal: limit.signal });
      if (await isLost()) await this.#sendAgain(connection, stream, limit);
    } catch (error) {
      this.#leave(stream, error);
    }
  }

  /** Has the outbox send again what a stream has lost, while no other process sends. */
  async #sendAgain(connection: NatsConnection, stream: string, limit: Limit): Promise<void> {
    const { store, streams } = this.#options;
    const reused = this.#reused.get(stream);
    const result = await store.transaction(async (tx) => {
      if (!(await takeRelayLock(tx))) throw new Error("another process sends events now");
      const last = await limit.race(streams.lastOf(connection, stream));
      const lost = { stream, after: last ?? 0, reused };
      if ((await countLost(tx, lost)) === 0) return undefined;
      const after = Math.min(lost.after, (reused?.first ?? Number.POSITIVE_INFINITY) - 1);
      if (last !== undefined) await limit.race(streams.addReset(connection, stream, after));
      return { after, again: await sendAgain(tx, lost) };
    });
    if (this.#reused.get(stream) === reused) this.#reused.delete(stream);
    this.#heads.delete(stream);
    if (!result) return;
    this.#options.log.error(
      { stream, ...result },
      "a stream has lost events: those that the outbox has are sent again",
    );
  }

  #leave(stream: string, error: unknown): void {
    this.#unread.add(stream);
    this.#retryAt = Date.now() + retryMs;
    if (this.#isReported || !this.#options.bus.current()) return;
    this.#isReported = true;
    this.#options.log.warn(
      { stream, reason: reasonOf(error) },
      "events wait in the outbox: their stream can't be read",
    );
  }
}
