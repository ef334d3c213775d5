import type { Schema, Store, StoreTransaction } from "@mesh/store";
import { asc, inArray, isNull, sql } from "drizzle-orm";
import type { Publisher } from "./publisher.ts";
import { outbox } from "./tables.ts";

/** What came of one look into the outbox. */
export interface Batch {
  readonly sent: number;
  /** Why some did not go out; undefined: all did. */
  readonly failure: unknown;
}

type Row = typeof outbox.$inferSelect;

/** How many events go out in one transaction. */
export const batchSize = 100;

/** Only one process of a service relays at a time: two would mix up the order. Any number will do, always the same. */
const lockKey = 0x6f757462;

/**
 * Sends the oldest events and marks them. What is sent and not marked, because the process ends in between, is sent
 * again with the same id.
 */
export async function sendBatch<S extends Schema>(store: Store<S>, publisher: Publisher): Promise<Batch> {
  if (!(await hasUnsent(store))) return { sent: 0, failure: undefined };
  return store.transaction(async (tx) => {
    const rows = (await takeTurn(tx)) ? await oldestOf(tx) : [];
    const { positions, failure } = await sendInOrder(rows, publisher);
    const isSent = inArray(outbox.position, positions);
    if (positions.length > 0) await tx.update(outbox).set({ sentAt: sql`now()` }).where(isSent);
    return { sent: positions.length, failure };
  });
}

async function hasUnsent<S extends Schema>({ db }: Store<S>): Promise<boolean> {
  const rows = await db.select({ position: outbox.position }).from(outbox).where(isNull(outbox.sentAt)).limit(1);
  return rows.length > 0;
}

async function takeTurn<S extends Schema>(tx: StoreTransaction<S>): Promise<boolean> {
  const { rows } = await tx.execute<{ taken: boolean }>(sql`select pg_try_advisory_xact_lock(${lockKey}) as taken`);
  return rows[0]?.taken === true;
}

function oldestOf<S extends Schema>(tx: StoreTransaction<S>): Promise<Row[]> {
  const unsent = tx.select().from(outbox).where(isNull(outbox.sentAt)).orderBy(asc(outbox.position)).limit(batchSize);
  return unsent.for("update", { skipLocked: true });
}

/** Sends different keys side by side; of one key the next only after the one before. */
async function sendInOrder(rows: readonly Row[], publisher: Publisher) {
  const positions: bigint[] = [];
  let failure: unknown;
  const lanes = byKey(rows).map(async (lane) => {
    for (const row of lane) {
      await publisher.publish(row.id, row);
      positions.push(row.position);
    }
  });
  for (const lane of await Promise.allSettled(lanes)) if (lane.status === "rejected") failure ??= lane.reason;
  return { positions, failure };
}

function byKey(rows: readonly Row[]): Row[][] {
  const lanes = new Map<string, Row[]>();
  for (const row of rows) {
    const name = `${row.stream} ${row.key}`;
    lanes.set(name, [...(lanes.get(name) ?? []), row]);
  }
  return [...lanes.values()];
}
