import { sql } from "drizzle-orm";
import type { Schema, StoreTransaction } from "./session.ts";

/**
 * Tells everybody who listens to a channel, once the transaction is committed; the same payload twice in one
 * transaction arrives once.
 *
 * @param payload below 8,000 bytes, such as the id of what changed
 */
export async function notify<S extends Schema>(tx: StoreTransaction<S>, channel: string, payload = ""): Promise<void> {
  await tx.execute(sql`select pg_notify(${channel}, ${payload})`);
}
