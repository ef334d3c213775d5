import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "@mesh/runtime";
import pg from "pg";

/** How a connection behaves; nothing on it waits forever. */
export const connectionDefaults = {
  connectionTimeoutMillis: 3_000,
  statement_timeout: 10_000,
  // Where the server itself no longer answers, only this ends a statement.
  query_timeout: 12_000,
  lock_timeout: 5_000,
  idle_in_transaction_session_timeout: 30_000,
  keepAlive: true,
  // Elsewhere PostgreSQL writes old timestamps with offsets to the second, which no Date reads.
  options: "-c TimeZone=UTC",
} as const satisfies pg.ClientConfig;

/** The most that may wait for a connection; who comes after is refused at once. */
const maxWaiting = 500;

type Callback = (
  error: Error | undefined,
  client: pg.PoolClient | undefined,
  done: (release?: unknown) => void,
) => void;

class BoundedPool extends pg.Pool {
  override connect(): Promise<pg.PoolClient>;
  override connect(callback: Callback): void;
  override connect(callback?: Callback): Promise<pg.PoolClient> | undefined {
    const refusal = this.waitingCount < maxWaiting ? undefined : new Error("too many are waiting for a connection");
    if (!callback) return refusal ? Promise.reject(refusal) : super.connect();
    if (refusal) callback(refusal, undefined, () => {});
    else super.connect(callback);
    return undefined;
  }
}

/** A pool, and a way to close it that ends. */
export interface ClosablePool {
  readonly pool: pg.Pool;
  /** Waits for running work; what still runs after the limit is cut off. */
  close(timeoutMs: number): Promise<void>;
}

/** A pool whose lost connections are replaced, whether in use or not. */
export function createPool(config: pg.PoolConfig, log: Logger): ClosablePool {
  const pool = new BoundedPool({ ...connectionDefaults, idleTimeoutMillis: 60_000, ...config });
  const open = new Set<pg.PoolClient>();
  pool.on("connect", (client) => {
    open.add(client);
    // A lost connection would end the process: while one is in use the pool does not listen to its errors.
    client.on("error", () => {});
  });
  pool.on("remove", (client) => open.delete(client));
  pool.on("error", (error) => log.debug({ reason: error.message }, "lost an idle connection to the database"));
  return {
    pool,
    async close(timeoutMs) {
      const closed = pool.end().then(() => true);
      if (await Promise.race([closed, sleep(timeoutMs, false, { ref: false })])) return;
      log.warn({ connections: open.size }, "cut off what still used the database");
      for (const client of open) if (client instanceof pg.Client) void client.end().catch(() => {});
    },
  };
}
