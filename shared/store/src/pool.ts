import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "@mesh/runtime";
import type pg from "pg";
import { BoundedPool } from "./bounded-pool.ts";
import { cutConnection } from "./cancel-request.ts";
import { isReadOnly } from "./failure.ts";

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

/** A pool that can be closed within a limit. */
export interface ClosablePool {
  readonly pool: BoundedPool;
  /** Waits for running work, and closes the connections that are still in use after the limit. */
  close(timeoutMs: number): Promise<void>;
}

/** Options of a pool. */
export interface PoolOptions {
  readonly log: Logger;
  /** The time after which a connection is replaced, in milliseconds. Default: 10 minutes. */
  readonly maxConnectionAgeMs?: number | undefined;
  /** Reports whether PostgreSQL responds: if it does, but no connection becomes free, the pool is too busy. */
  readonly isResponding: () => Promise<boolean>;
}

/** Creates a pool that replaces connections that are lost, old, or lead to a server that became read-only. */
export function createPool(
  config: pg.PoolConfig,
  { log, maxConnectionAgeMs, isResponding }: PoolOptions,
): ClosablePool {
  const limits = { idleTimeoutMillis: 60_000, maxLifetimeSeconds: (maxConnectionAgeMs ?? 600_000) / 1_000 };
  // A transaction may send a statement before the response to the one before.
  const pipelined = { ...connectionDefaults, ...limits, pipeline: true };
  const pool = new BoundedPool({ ...pipelined, ...config }, isResponding);
  const open = new Set<pg.PoolClient>();
  pool.on("connect", (client) => {
    open.add(client);
    // Without a listener, the loss of a connection would end the process. The pool listens only while it is idle.
    client.on("error", () => {});
  });
  pool.on("remove", (client) => open.delete(client));
  pool.on("error", (error) => log.debug({ reason: error.message }, "lost an idle connection to the database"));
  replaceReadOnly(pool, open);
  return {
    pool,
    async close(timeoutMs) {
      const closed = pool.end().then(() => true);
      if (await Promise.race([closed, sleep(timeoutMs, false, { ref: false })])) return;
      log.warn({ connections: open.size }, "closed connections to the database that were still in use");
      for (const client of open) cutConnection(client);
    },
  };
}

/**
 * Replaces all connections once one of them reports that its server is read-only: after a failover they may still lead to the
 * old server, which responds to queries with what is outdated.
 */
function replaceReadOnly(pool: pg.Pool, open: ReadonlySet<pg.PoolClient>): void {
  const outdated = new Set<pg.PoolClient>();
  const used = new Set<pg.PoolClient>();
  const closeIdle = () => {
    for (const client of outdated) {
      if (used.has(client)) continue;
      outdated.delete(client);
      // The pool removes an idle connection that reports an error.
      client.emit("error", new Error("the server is read-only"));
    }
  };
  pool.on("acquire", (client) => used.add(client));
  pool.on("remove", (client) => outdated.delete(client));
  pool.on("release", (error, client) => {
    used.delete(client);
    if (isReadOnly(error)) for (const one of open) outdated.add(one);
    // The pool itself removes this one.
    if (error) outdated.delete(client);
    // The client is idle only after this event.
    if (outdated.size > 0) process.nextTick(closeIdle);
  });
}
