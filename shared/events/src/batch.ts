import type { Schema, Store, StoreTransaction } from "@mesh/store";
import { asc, inArray, isNull, sql } from "drizzle-orm";
import type { StreamWriter } from "./stream-writer.ts";
import { outbox } from "./tables.ts";

/** The result of one look into the outbox. */
export interface Batch {
  readonly sent: number;
  /** The first error of an event that was not sent; undefined: all were sent. */
  readonly failure: unknown;
}

type Row = typeof outbox.$inferSelect;

/** The most events that are sent in one transaction. */
export const batchSize = 100;

/** The key of the lock that lets one process of a service relay at a time: two would mix up the order. An arbitrary number. */
const lockKey = 0x6f757462;

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
