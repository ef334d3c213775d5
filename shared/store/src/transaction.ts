import { sql } from "drizzle-orm";
import type { PgTransactionConfig } from "drizzle-orm/pg-core";
import type { PoolClient } from "pg";
import { throwStoreFailure } from "./failure.ts";
import type { Schema, StoreTransaction } from "./schema.ts";

/** Runs work in a transaction on a connection of the pool, and returns the connection to the pool. */
export async function runTransaction<R>(
  client: PoolClient,
  config: PgTransactionConfig,
  work: () => Promise<R>,
): Promise<R> {
  try {
    await client.query(beginOf(config)).catch(throwStoreFailure);
    const result = await work();
    await commit(client);
    client.release();
    return result;
  } catch (error) {
    await rollback(client);
    throw error;
  }
}

function beginOf({ isolationLevel, accessMode, deferrable }: PgTransactionConfig): string {
  const isolation = isolationLevel && `isolation level ${isolationLevel}`;
  return ["begin", isolation, accessMode, deferrable && "deferrable"].filter(Boolean).join(" ");
}

/** Commits. If a statement failed and its error was caught, PostgreSQL rolls back and reports no error: this throws one. */
async function commit(client: PoolClient): Promise<void> {
  const { command } = await client.query("commit").catch(throwStoreFailure);
  if (command !== "COMMIT") {
    throw new Error("PostgreSQL rolled back the transaction: a statement failed and its error was caught");
  }
}

/** Rolls back. If that fails, the connection is broken, and the pool discards it. */
async function rollback(client: PoolClient): Promise<void> {
  const isBroken = await client.query("rollback").then(
    () => false,
    () => true,
  );
  client.release(isBroken);
}

/**
 * Notifies the listeners of a channel when the transaction commits. A payload that is repeated in a transaction arrives
 * once.
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
  await tx.execute(sql`select pg_notify(${channel}, ${payload})`);
}
