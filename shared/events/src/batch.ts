import { openLimit } from "@mesh/runtime";
import type { Schema, Store, StoreTransaction } from "@mesh/store";
import { and, asc, isNull, notInArray, type SQL, sql } from "drizzle-orm";
import { takeRelayLock } from "./relay-lock.ts";
import { markSent, type SentRow, type StoredEvents } from "./sent-rows.ts";
import { noneStored, type StoredBatch, type StreamWriter } from "./stream-writer.ts";
import { outbox } from "./tables.ts";

type Row = typeof outbox.$inferSelect;

/** An event that NATS did not store. */
export interface BatchFailure {
  readonly row: Row;
  readonly error: unknown;
}

/** The result of one look into the outbox. */
export interface Batch {
  /** The events that NATS stored, each with its sequence in the stream, or a later one. */
  readonly sent: readonly (Row & SentRow)[];
  readonly failures: readonly BatchFailure[];
  /** Whether other events may wait, because the batch was full, its time was over, or another process sends. */
  readonly hasMore: boolean;
}

/** The streams, and the keys of other streams, whose events are not sent for now. */
export interface Paused {
  readonly streams: readonly string[];
  readonly keys: readonly { readonly stream: string; readonly key: string }[];
}

/** Options of a batch. */
export interface BatchOptions {
  readonly paused?: Paused;
  /**
   * The time after which no more events are sent, in milliseconds. Default: 5,000. PostgreSQL ends the transaction, and
   * nothing is marked as sent, if it waits for 30 s.
   */
  readonly budgetMs?: number;
  /** Receives which events a stream has acknowledged. */
  readonly onStored?: (stored: StoredEvents) => void;
  /** Ends the batch: events that are on their way are sent again later. */
  readonly signal?: AbortSignal;
}

/** The most events that are sent in one transaction. */
const batchSize = 100;

/** The least events of a stream that are sent together: fewer arrive as fast one by one. */
const minTogether = 4;

/** The longest that NATS may take after the budget for the events that are on their way, in milliseconds. */
const lateMs = 10_000;

const nothing: Batch = { sent: [], failures: [], hasMore: false };
const never = new AbortController().signal;

/**
 * Sends the oldest events and marks them as sent. If the process ends in between, they are sent again with the same ids.
 */
export async function sendBatch<S extends Schema>(
  store: Store<S>,
  writer: StreamWriter,
  options: BatchOptions = {},
): Promise<Batch> {
  const isDue = and(isNull(outbox.sentAt), ...notPaused(options.paused));
  if (!(await hasDue(store, isDue))) return nothing;
  return store.transaction(async (tx) => {
    if (!(await takeRelayLock(tx))) return { ...nothing, hasMore: true };
    const batch = await sendInOrder(await oldestOf(tx, isDue), writer, options);
    await markSent(tx, batch.sent);
    return batch;
  });
}

function notPaused({ streams, keys }: Paused = { streams: [], keys: [] }): SQL[] {
  const pairs = keys.map(({ stream, key }) => sql`(${stream}, ${key})`);
  const conditions: SQL[] = streams.length > 0 ? [notInArray(outbox.stream, [...streams])] : [];
  if (pairs.length > 0) conditions.push(sql`(${outbox.stream}, ${outbox.key}) not in (${sql.join(pairs, sql`, `)})`);
  return conditions;
}

async function hasDue<S extends Schema>({ db }: Store<S>, isDue: SQL | undefined): Promise<boolean> {
  const rows = await db.select({ position: outbox.position }).from(outbox).where(isDue).limit(1);
  return rows.length > 0;
}

function oldestOf<S extends Schema>(tx: StoreTransaction<S>, isDue: SQL | undefined): Promise<Row[]> {
  const due = tx.select().from(outbox).where(isDue).orderBy(asc(outbox.position)).limit(batchSize);
  return due.for("update", { skipLocked: true });
}

/** Sends events of the same key one after the other. */
async function sendInOrder(
  rows: readonly Row[],
  writer: StreamWriter,
  { budgetMs = 5_000, signal = never, onStored = () => {} }: BatchOptions,
): Promise<Batch> {
  const endsAt = performance.now() + budgetMs;
  const limit = openLimit(signal, budgetMs + lateMs);
  const isOver = () => limit.signal.aborted || performance.now() >= endsAt;
  const sent: (Row & SentRow)[] = [];
  const failures: BatchFailure[] = [];
  const sending = groupBy(rows, ({ stream }) => stream).map(async (ofStream) => {
    const { stored, first, last } = await sendTogether(ofStream, writer);
    note(ofStream.slice(0, stored), first, last);
    await Promise.all(
      groupBy(ofStream.slice(stored), ({ key }) => key).map((ofKey) => sendOneByOne(ofKey, stored > 0)),
    );
  });

  function note(rows: readonly Row[], first: number, last: number): void {
    const [row] = rows;
    if (!row) return;
    sent.push(...rows.map((one) => ({ ...one, sequence: last })));
    onStored({ stream: row.stream, positions: rows.map(({ position }) => position), first, last });
  }

  async function sendOneByOne(ofKey: readonly Row[], hasProgress: boolean): Promise<void> {
    for (const [at, row] of ofKey.entries()) {
      // The first is always sent, so that each batch makes progress.
      if ((at > 0 || hasProgress) && isOver()) return;
      try {
        const { sequence, isNew } = await writer.write(row.id, row);
        note([row], isNew ? sequence : 0, sequence);
      } catch (error) {
        return void failures.push({ row, error });
      }
    }
  }

  await limit.race(Promise.all(sending)).catch(() => {});
  limit.end();
  return { sent: [...sent], failures: [...failures], hasMore: rows.length === batchSize || isOver() };
}

/**
 * Sends the events of a stream, if they are many. Returns how many of the first are stored. The others are sent one by one, so that one
 * that NATS rejects does not delay those of other keys.
 */
async function sendTogether(rows: readonly Row[], writer: StreamWriter): Promise<StoredBatch> {
  if (rows.length < minTogether) return noneStored;
  return (await writer.writeBatch?.(rows).catch(() => noneStored)) ?? noneStored;
}

function groupBy(rows: readonly Row[], nameOf: (row: Row) => string): Row[][] {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const group = groups.get(nameOf(row));
    if (group) group.push(row);
    else groups.set(nameOf(row), [row]);
  }
  return [...groups.values()];
}
