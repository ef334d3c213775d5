import { backoffMs, type Logger } from "@mesh/runtime";
import { isStoreUnavailable, type Schema, type Store, type StoreTransaction } from "@mesh/store";
import { asc, inArray, isNull, sql } from "drizzle-orm";
import type { Bus } from "./bus.ts";
import type { StreamWriter } from "./stream-writer.ts";
import { reasonOf } from "./streams.ts";
import { outbox } from "./tables.ts";

/** Options of a relay. */
export interface RelayOptions<S extends Schema> {
  readonly store: Store<S>;
  readonly bus: Bus;
  readonly writer: StreamWriter;
  readonly log: Logger;
  /** The pause between two looks into the outbox without a poke, in milliseconds. Default: 200. */
  readonly pollMs?: number;
}

/** The result of one look into the outbox. */
interface Batch {
  readonly sent: number;
  /** The first error of an event that was not sent; undefined: all were sent. */
  readonly failure: unknown;
}

type Row = typeof outbox.$inferSelect;

/** The most events that are sent in one transaction. */
const batchSize = 100;

/** The key of the lock that lets one process of a service relay at a time: two would mix up the order. An arbitrary number. */
const lockKey = 0x6f757462;

/** Sends events from the outbox to NATS, in the order in which they were written. Retries until it succeeds. */
export class Relay<S extends Schema> {
  readonly #options: RelayOptions<S>;
  readonly #running: Promise<void>;
  #isPoked = false;
  #wake = () => {};
  #isClosing = false;
  #isFailing = false;

  constructor(options: RelayOptions<S>) {
    this.#options = options;
    this.#running = this.#run();
  }

  /**
   * Looks into the outbox now instead of after the pause. This replaces NOTIFY, with which PostgreSQL took 3,400 to 3,900
   * transactions a second over 10 connections instead of 6,600 to 7,100: it makes them commit one by one.
   */
  poke(): void {
    this.#isPoked = true;
    this.#wake();
  }

  /** Looks once more and stops. */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.poke();
    await this.#running;
  }

  /** A poke wakes it up early, and after a full batch it does not pause, so this is not `repeat`. */
  async #run(): Promise<void> {
    const { pollMs = 200 } = this.#options;
    let attempt = 0;
    while (!this.#isClosing) {
      const { sent, failure } = await this.#look();
      this.#report(failure);
      // Events that NATS stores do not wait for one that it rejects.
      attempt = failure !== undefined && sent === 0 ? attempt + 1 : 0;
      if (sent < batchSize) await this.#pause(attempt > 0 ? backoffMs(attempt, { baseMs: pollMs }) : pollMs);
    }
    await this.#look();
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

  async #look(): Promise<Batch> {
    const { store, bus, writer } = this.#options;
    if (!bus.current()) return { sent: 0, failure: undefined };
    return sendBatch(store, writer).catch((failure: unknown) => ({ sent: 0, failure }));
  }

  #report(failure: unknown): void {
    const { bus, log } = this.#options;
    const isFirst = failure !== undefined && !this.#isFailing;
    this.#isFailing = failure !== undefined;
    // The bus and the store report themselves that NATS or the database is lost.
    if (!isFirst || isStoreUnavailable(failure) || !bus.current()) return;
    log.warn({ reason: reasonOf(failure) }, "events wait in the outbox: NATS did not store them");
  }
}

/**
 * Sends the oldest events and marks them as sent. If the process ends in between, they are sent again with the same ids.
 */
export async function sendBatch<S extends Schema>(store: Store<S>, writer: StreamWriter): Promise<Batch> {
  if (!(await hasUnsent(store))) return { sent: 0, failure: undefined };
  return store.transaction(async (tx) => {
    const rows = (await takeLock(tx)) ? await oldestOf(tx) : [];
    const { positions, failure } = await sendInOrder(rows, writer);
    const isSent = inArray(outbox.position, positions);
    if (positions.length > 0) await tx.update(outbox).set({ sentAt: sql`now()` }).where(isSent);
    return { sent: positions.length, failure };
  });
}

async function hasUnsent<S extends Schema>({ db }: Store<S>): Promise<boolean> {
  const rows = await db.select({ position: outbox.position }).from(outbox).where(isNull(outbox.sentAt)).limit(1);
  return rows.length > 0;
}

async function takeLock<S extends Schema>(tx: StoreTransaction<S>): Promise<boolean> {
  const { rows } = await tx.execute<{ taken: boolean }>(sql`select pg_try_advisory_xact_lock(${lockKey}) as taken`);
  return rows[0]?.taken === true;
}

function oldestOf<S extends Schema>(tx: StoreTransaction<S>): Promise<Row[]> {
  const unsent = tx.select().from(outbox).where(isNull(outbox.sentAt)).orderBy(asc(outbox.position)).limit(batchSize);
  return unsent.for("update", { skipLocked: true });
}

/** Sends different keys in parallel, and the events of one key one after the other. */
async function sendInOrder(rows: readonly Row[], writer: StreamWriter) {
  const positions: bigint[] = [];
  let failure: unknown;
  const sending = groupByKey(rows).map(async (ofKey) => {
    for (const row of ofKey) {
      await writer.write(row.id, row);
      positions.push(row.position);
    }
  });
  for (const result of await Promise.allSettled(sending)) if (result.status === "rejected") failure ??= result.reason;
  return { positions, failure };
}

function groupByKey(rows: readonly Row[]): Row[][] {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const name = `${row.stream} ${row.key}`;
    groups.set(name, [...(groups.get(name) ?? []), row]);
  }
  return [...groups.values()];
}
