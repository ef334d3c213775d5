import { sql } from "drizzle-orm/sql";
import { defer } from "./defer.ts";
import type { Schema, StoreTransaction } from "./schema.ts";

/**
 * Notifies the listeners of a channel when the transaction commits. A payload that is repeated in a transaction arrives
 * once. If PostgreSQL rejects it, the next statement and the commit fail.
 *
 * @param payload below 8,000 bytes, such as the id of what changed
 *
 * @example
 * ```ts no-run
 * import { notify, type Schema, type StoreTransaction } from "@mesh/store";
 *
 * async function cancelOrder(tx: StoreTransaction<Schema>, id: string) {
 *   // change the order
 *   await notify(tx, "orders", id);
 * }
 * ```
 */
export async function notify<S extends Schema>(tx: StoreTransaction<S>, channel: string, payload = ""): Promise<void> {
  await defer(tx, tx.execute(sql`select pg_notify(${channel}, ${payload})`));
}
