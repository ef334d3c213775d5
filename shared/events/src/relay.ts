import { backoffMs, type Logger } from "@mesh/runtime";
import { isStoreUnavailable, type Schema, type Store } from "@mesh/store";
import { type Batch, type BatchFailure, sendBatch } from "./batch.ts";
import type { Bus } from "./bus.ts";
import type { LostEvents } from "./lost-events.ts";
import { reasonOf } from "./nats-error.ts";
import { Pauses } from "./pauses.ts";
import type { StoredEvents } from "./sent-rows.ts";
import type { StreamWriter } from "./stream-writer.ts";

/** Options of a relay. */
export interface RelayOptions<S extends Schema> {
  readonly store: Store<S>;
  readonly bus: Bus;
  readonly writer: StreamWriter;
  readonly lost: LostEvents<S>;
  readonly log: Logger;
  /** The pause between two looks into the outbox without a poke, in milliseconds. Default: 200. */
  readonly pollMs?: number;
  /** The time after which a look sends no more events, in milliseconds. Default: 5,000. */
  readonly relayBudgetMs?: number;
}

/** The longest that `close` waits for NATS, in milliseconds. */
const closeTimeoutMs = 1_500;

/** Sends events from the outbox to NATS, in the order in which they were written. Retries until it succeeds. */
export class Relay<S extends Schema> {
  readonly #options: RelayOptions<S>;
  readonly #pauses = new Pauses();
  readonly #cut = new AbortController();
  readonly #running: Promise<void>;
  readonly #unlisten: () => void;
  #isPoked = false;
  #wake = () => {};
  #isClosing = false;
  #isFailing = false;

  constructor(options: RelayOptions<S>) {
    this.#options = options;
    this.#running = this.#run();
    this.#unlisten = options.bus.onChange(() => {
      this.#pauses.end();
      // The server may have been restored from a backup.
      options.lost.request();
      this.poke();
    });
  }

  /**
   * Looks into the outbox now instead of after the pause. This replaces NOTIFY, with which PostgreSQL took 3,400 to 3,900
   * transactions a second over 10 connections instead of 6,600 to 7,100: it makes them commit one by one.
   */
  poke(): void {
    this.#isPoked = true;
    this.#wake();
  }

  /** Looks once more, for up to 1.5 s, and stops. */
  async close(): Promise<void> {
    this.#isClosing = true;
    const late = setTimeout(() => this.#cut.abort(new Error("the process is ending")), closeTimeoutMs);
    this.#unlisten();
    this.poke();
    await this.#running;
    clearTimeout(late);
  }

  /** A poke wakes it up early, and after a full batch it does not pause, so this is not `repeat`. */
  async #run(): Promise<void> {
    const { pollMs = 200 } = this.#options;
    let failures = 0;
    while (!this.#isClosing) {
      const batch = await this.#look();
      failures = batch ? 0 : failures + 1;
      const isFull = batch?.hasMore && batch.sent.length > 0;
      if (!isFull) await this.#pause(batch ? this.#restMs(batch, pollMs) : backoffMs(failures, { baseMs: pollMs }));
    }
    await this.#look();
  }

  /** While only paused events wait, each look reads all of them in vain, so the next look is when a pause ends. */
  #restMs({ sent, failures, hasMore }: Batch, pollMs: number): number {
    if (sent.length > 0 || failures.length > 0 || hasMore) return pollMs;
    const now = Date.now();
    const nextEnd = this.#pauses.nextEnd(now);
    return Number.isFinite(nextEnd) ? Math.max(pollMs, nextEnd - now) : pollMs;
  }

  /** Pauses until the time is over or a poke, which may have come before. */
  async #pause(ms: number): Promise<void> {
    if (!this.#isPoked) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#isPoked = false;
  }

  /** Sends a batch. Returns undefined if the database failed. */
  async #look(): Promise<Batch | undefined> {
    const { store, bus, writer, lost, relayBudgetMs } = this.#options;
    if (!bus.current()) return { sent: [], failures: [], hasMore: false };
    const paused = this.#pauses.at(Date.now());
    const budgetMs = this.#isClosing ? closeTimeoutMs : relayBudgetMs;
    const { signal } = this.#cut;
    try {
      if (!(await lost.look(signal))) return { sent: [], failures: [], hasMore: false };
      const onStored = (stored: StoredEvents) => lost.note(stored);
      const batch = await sendBatch(store, writer, { paused, signal, onStored, ...(budgetMs && { budgetMs }) });
      this.#isFailing = false;
      // The bus itself reports that NATS is lost.
      if (bus.current()) for (const failure of this.#pauses.record(batch)) this.#report(failure);
      return batch;
    } catch (error) {
      this.#reportStore(error);
      return undefined;
    }
  }

  #report({ row: { stream, subject }, error }: BatchFailure): void {
    const reason = reasonOf(error);
    this.#options.log.warn({ stream, subject, reason }, "events wait in the outbox: NATS did not store them");
  }

  #reportStore(error: unknown): void {
    // The store itself reports that the database is lost.
    if (!this.#isFailing && !isStoreUnavailable(error)) {
      this.#options.log.warn({ reason: reasonOf(error) }, "events wait in the outbox: the database failed");
    }
    this.#isFailing = true;
  }
}
