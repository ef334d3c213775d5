import type { Schema, Store, StoreTransaction } from "@mesh/store";
import { and, eq, gt, gte, isNotNull, max, notInArray, or, type SQL, sql } from "drizzle-orm";
import { outbox } from "./tables.ts";

/** The last sequence that a stream has acknowledged. */
export interface StreamHead {
  readonly stream: string;
  readonly sequence: number;
}

/** Events that a stream has stored at sequences that it had used before. */
export interface Reused {
  /** The first such sequence, or an earlier one. */
  readonly first: number;
  /** Their positions in the outbox. */
  readonly positions: readonly bigint[];
}

/** What a stream has lost. */
export interface Lost {
  readonly stream: string;
  /** The last sequence of the stream. */
  readonly after: number;
  readonly reused: Reused | undefined;
}

/** Events that were stored in a stream. */
export interface StoredEvents {
  readonly stream: string;
  /** Their positions in the outbox. */
  readonly positions: readonly bigint[];
  /** The sequence of the first that was new, or an earlier one; 0: none was. */
  readonly first: number;
  readonly last: number;
}

/** An event that was sent, and its sequence, or a later one, in its stream. */
export interface SentRow {
  readonly position: bigint;
  readonly sequence: number;
}

const isSent = and(isNotNull(outbox.sentAt), isNotNull(outbox.sequence));

/** Marks events as sent. */
export async function markSent<S extends Schema>(tx: StoreTransaction<S>, rows: readonly SentRow[]): Promise<void> {
  if (rows.length === 0) return;
  const positions = `{${rows.map(({ position }) => position).join()}}`;
  const sequences = `{${rows.map(({ sequence }) => sequence).join()}}`;
  await tx.execute(sql`
    update ${outbox} set "sent_at" = now(), "sequence" = "stored"."sequence"
    from unnest(${positions}::bigint[], ${sequences}::bigint[]) as "stored"("position", "sequence")
    where ${outbox.position} = "stored"."position"`);
}

/** Returns the last sequence of each stream, as far as the outbox still has its events. */
export async function headsOf<S extends Schema>(db: Pick<Store<S>["db"], "select">): Promise<StreamHead[]> {
  const { stream, sequence } = outbox;
  const rows = await db
    .select({ stream, sequence: max(sequence) })
    .from(outbox)
    .where(isSent)
    .groupBy(stream);
  return rows.map((row) => ({ stream: row.stream, sequence: row.sequence ?? 0 }));
}

/** Returns how many lost events the outbox has. */
export function countLost<S extends Schema>(tx: StoreTransaction<S>, lost: Lost): Promise<number> {
  return tx.$count(outbox, isLost(lost));
}

/** Has lost events sent again, in the order of the outbox. Returns their number. */
export async function sendAgain<S extends Schema>(tx: StoreTransaction<S>, lost: Lost): Promise<number> {
  const { rowCount } = await tx.update(outbox).set({ sentAt: null, sequence: null }).where(isLost(lost));
  return rowCount ?? 0;
}

function isLost({ stream, after, reused }: Lost): SQL | undefined {
  const replaced =
    reused && and(gte(outbox.sequence, reused.first), notInArray(outbox.position, [...reused.positions]));
  return and(eq(outbox.stream, stream), isSent, or(gt(outbox.sequence, after), replaced));
}
