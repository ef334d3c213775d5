import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "@mesh/runtime";
import pg from "pg";

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
