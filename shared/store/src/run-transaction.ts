import type { PgTransactionConfig } from "drizzle-orm/pg-core";
import type pg from "pg";
import { isCancelled, isReadOnly, isStoreUnavailable, storeFailure, throwStoreFailure } from "./failure.ts";
import type { Lease } from "./lease.ts";
import { checkScope, type StoreScope } from "./scope.ts";

/** Work in a transaction. */
export interface TransactionWork<R> {
  readonly run: () => Promise<R>;
  /** Makes every later statement fail. */
  readonly end: () => void;
}

/** Statements that begin a transaction. They travel in the message of BEGIN, so they cost no round trip. */
export interface Opening {
  /** Statements of SQL, separated by semicolons, without parameters. */
  readonly statements: string;
  /** Receives the number of rows of the last statement. If it throws, the transaction is rolled back with its error. */
  readonly check: (rows: number) => void;
}

/** Options of a transaction. */
export interface TransactionOptions extends PgTransactionConfig {
  readonly opening?: Opening | undefined;
  /** The longest that a statement may take, in milliseconds. 0: there is no limit. */
  readonly statementTimeoutMs: number;
}

/**
 * Runs work in a transaction, and returns its connection to the pool. If the scope ends first, what runs is cancelled, the
 * transaction is rolled back, and the error is that of the scope.
 */
export async function runTransaction<R>(
  lease: Lease,
  options: TransactionOptions,
  work: TransactionWork<R>,
): Promise<R> {
  const { client, scope } = lease;
  try {
    const begun = await lease.query(beginOf(options, scope)).catch(throwStoreFailure);
    options.opening?.check(lastOf(begun).rowCount ?? 0);
    const result = await lease.race(work.run);
    work.end();
    lease.seal();
    checkScope(scope);
    await commit(lease);
    client.release();
    return result;
  } catch (error) {
    work.end();
    const isUsable = await lease.settle();
    const isExpected = options.accessMode === "read only" && isReadOnly(error);
    // PostgreSQL rolls back the transaction of a connection that is closed.
    if (!isUsable) client.release(true);
    else if (error instanceof Error && isStoreUnavailable(error) && !isExpected) client.release(error);
    else await rollback(client);
    throw error;
  }
}

/** Returns what begins a transaction, in one message: no statement may take longer than its scope. */
function beginOf(options: TransactionOptions, scope: StoreScope | undefined): string {
  const { isolationLevel, accessMode, deferrable, statementTimeoutMs, opening } = options;
  const isolation = isolationLevel && `isolation level ${isolationLevel}`;
  const begin = ["begin", isolation, accessMode, deferrable && "deferrable"].filter(Boolean).join(" ");
  const leftMs = scope ? Math.max(1, Math.ceil(scope.deadline - Date.now())) : Infinity;
  const limit = leftMs < (statementTimeoutMs || Infinity) && `set local statement_timeout = ${leftMs}`;
  return [begin, limit, opening?.statements].filter(Boolean).join("; ");
}

/** A message of several statements has an array of results, which the types of `pg` do not know. */
function lastOf(result: pg.QueryResult | readonly pg.QueryResult[]): pg.QueryResult {
  // `begin` is always there.
  return [result].flat().at(-1) as pg.QueryResult;
}

/** Commits. If a statement failed and its error was caught, PostgreSQL rolls back and reports no error: this throws one. */
async function commit(lease: Lease): Promise<void> {
  const { command } = await lease.client.query("commit").catch((error: unknown) => {
    // Constraints that are deferred are checked now, which may take too long. Nothing else is known to have ended it.
    throw (isCancelled(error) && lease.endAt(error)) || storeFailure(error);
  });
  if (command !== "COMMIT") throw await lease.rollbackError();
}

/** Rolls back. If that fails, the connection is broken, and the pool discards it. */
async function rollback(client: pg.PoolClient): Promise<void> {
  const isBroken = await client.query("rollback").then(
    () => false,
    () => true,
  );
  client.release(isBroken);
}
