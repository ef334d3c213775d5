import { type Lifecycle, type Logger, repeat } from "@mesh/runtime";
import { lt, type SQL, sql } from "drizzle-orm";
import type { PgTable } from "drizzle-orm/pg-core";
import { keyedResults, rateLimits } from "../schema.ts";
import type { GatewayDatabase, GatewayStore } from "./database.ts";

/** How long the result of an Idempotency-Key is kept, in milliseconds: a day. */
export const keptMs = 24 * 60 * 60_000;

const intervalMs = 10 * 60_000;
const deletedRows = 1_000;

/** Deletes old rows every 10 minutes, until the gateway ends. */
export function startCleanup(
  database: GatewayDatabase,
  { life, log }: { readonly life: Lifecycle; readonly log: Logger },
): void {
  // If the database can't be opened, that is reported elsewhere.
  const step = async () => deleteOld(await database.store(intervalMs));
  const onFailure = (error: unknown, failures: number) => {
    if (failures === 1) log.warn({ err: error }, "could not delete old rows of the database; trying again");
  };
  const cleaning = repeat(step, { signal: life.signal, intervalMs, onFailure });
  life.onClose("cleanup", () => cleaning);
}

/** Deletes the rows that no call needs, a thousand at a time. Several gateways may do so at the same time. */
export async function deleteOld(store: GatewayStore, now: number = Date.now()): Promise<void> {
  await deleteWhere(store, rateLimits, lt(rateLimits.expire, now));
  await deleteWhere(store, keyedResults, lt(keyedResults.createdAt, new Date(now - keptMs)));
}

async function deleteWhere({ db }: GatewayStore, table: PgTable, condition: SQL): Promise<void> {
  const some = sql`array(select ctid from ${table} where ${condition} limit ${deletedRows})`;
  let deleted: number | null;
  do {
    deleted = (await db.execute(sql`delete from ${table} where ctid = any(${some})`)).rowCount;
  } while (deleted === deletedRows);
}
