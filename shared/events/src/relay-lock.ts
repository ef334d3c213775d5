import type { Schema, StoreTransaction } from "@mesh/store";
import { sql } from "drizzle-orm";

/** The key of the lock that lets one process of a service relay at a time: two would mix up the order. An arbitrary number. */
const lockKey = 0x6f757462;

/** Takes the right to send events, until the transaction ends. Returns false if another process has it. */
export async function takeRelayLock<S extends Schema>(tx: StoreTransaction<S>): Promise<boolean> {
  const { rows } = await tx.execute<{ taken: boolean }>(sql`select pg_try_advisory_xact_lock(${lockKey}) as taken`);
  return rows[0]?.taken === true;
}
