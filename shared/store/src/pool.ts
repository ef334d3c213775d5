import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "@mesh/runtime";
import type { PgTransactionConfig } from "drizzle-orm/pg-core";
import pg from "pg";
import { throwStoreFailure } from "./failure.ts";

/** The limits of a connection, in milliseconds. No wait is unbounded. */
export const connectionDefaults = {
  connectionTimeoutMillis: 3_000,
  statement_timeout: 10_000,
  // Ends a statement if the server itself no longer responds.
  query_timeout: 12_000,
  lock_timeout: 5_000,
  idle_in_transaction_session_timeout: 30_000,
  keepAlive: true,
  // In other time zones, PostgreSQL writes old timestamps with offsets to the second, which Date does not parse.
  options: "-c TimeZone=UTC",
} as const satisfies pg.ClientConfig;

/** The most requests that wait for a connection. Further ones fail immediately. */
const maxWaiting = 500;

type Callback = (
  error: Error | undefined,
  client: pg.PoolClient | undefined,
  done: (release?: unknown) => void,
) => void;

/** A pool with a bounded queue. */
class BoundedPool extends pg.Pool {
  override connect(): Promise<pg.PoolClient>;
  override connect(callback: Callback): void;
  override connect(callback?: Callback): Promise<pg.PoolClient> | undefined {
    const error = this.waitingCount < maxWaiting ? undefined : new Error("too many requests wait for a connection");
    if (!callback) return error ? Promise.reject(error) : super.connect();
    if (error) callback(error, undefined, () => {});
    else super.connect(callback);
    return undefined;
  }
}

/** A pool that can be closed within a limit. */
export interface ClosablePool {
  readonly pool: pg.Pool;
  /** Waits for running work, and closes the connections that are still in use after the limit. */
  close(timeoutMs: number): Promise<void>;
}

/** Creates a pool that replaces lost connections. */
export function createPool(config: pg.PoolConfig, log: Logger): ClosablePool {
  const pool = new BoundedPool({ ...connectionDefaults, idleTimeoutMillis: 60_000, ...config });
  const open = new Set<pg.PoolClient>();
  pool.on("connect", (client) => {
    open.add(client);
    // Without a listener, the loss of a connection would end the process. The pool listens only while it is idle.
    client.on("error", () => {});
  });
  pool.on("remove", (client) => open.delete(client));
  pool.on("error", (error) => log.debug({ reason: error.message }, "lost an idle connection to the database"));
  return {
    pool,
    async close(timeoutMs) {
      const closed = pool.end().then(() => true);
      if (await Promise.race([closed, sleep(timeoutMs, false, { ref: false })])) return;
      log.warn({ connections: open.size }, "closed connections to the database that were still in use");
      for (const client of open) if (client instanceof pg.Client) void client.end().catch(() => {});
    },
  };
}

/** Runs work in a transaction on a connection of the pool, and returns the connection to the pool. */
export async function runTransaction<R>(
  client: pg.PoolClient,
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
async function commit(client: pg.PoolClient): Promise<void> {
  const { command } = await client.query("commit").catch(throwStoreFailure);
  if (command !== "COMMIT") {
    throw new Error("PostgreSQL rolled back the transaction: a statement failed and its error was caught");
  }
}

/** Rolls back. If that fails, the connection is broken, and the pool discards it. */
async function rollback(client: pg.PoolClient): Promise<void> {
  const isBroken = await client.query("rollback").then(
    () => false,
    () => true,
  );
  client.release(isBroken);
}
