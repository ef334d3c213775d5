import type { Health, Logger } from "@mesh/runtime";
import { sql } from "drizzle-orm";
import type { NodePgDatabase } from "drizzle-orm/node-postgres";
import type pg from "pg";
import { type Changes, watchChannel } from "./changes.ts";
import type { Notified } from "./channels.ts";
import { connectPatiently } from "./connect.ts";
import { storeFailure } from "./failure.ts";
import { createListener } from "./listener.ts";
import { migrate } from "./migrate.ts";
import { connectionDefaults, createPool } from "./pool.ts";
import { createDatabase, type Schema, type StoreTransaction } from "./session.ts";

/** The database of one service. */
export interface Store<S extends Schema> {
  /**
   * Drizzle. Its errors are a MeshError where callers can act on them (UNAVAILABLE: the database can't be reached;
   * ABORTED: another change came in between; DEADLINE_EXCEEDED; RESOURCE_EXHAUSTED), else a StoreError.
   */
  readonly db: NodePgDatabase<S>;
  /** The most connections that transactions and statements share. */
  readonly poolSize: number;
  /**
   * Runs a function in a transaction: committed when it returns, rolled back when it throws. A statement may take
   * 10 s, wait 5 s for a lock, and come at most 30 s after the one before. Where the connection is lost during the
   * commit nobody knows whether it happened: the error is UNAVAILABLE, and what is tried again must bear that.
   */
  transaction<R>(work: (tx: StoreTransaction<S>) => Promise<R>): Promise<R>;
  /**
   * Listens to a channel of `notify`. `notified` is called with undefined first, once listening, and again after each
   * loss of the connection: read everything then. Returns a function that ends it. Channels are few and named in code.
   */
  listen(channel: string, notified: Notified): () => void;
  /** What `listen` is told, as a loop; ends when the signal aborts. */
  changes(channel: string, signal: AbortSignal): Changes;
  /** Asks the database for an answer. @throws MeshError UNAVAILABLE */
  ready(): Promise<void>;
  /** Waits for what runs, up to `closeTimeoutMs`, and closes every connection. */
  close(): Promise<void>;
}

/** What a store needs. */
export interface StoreOptions<S extends Schema> {
  readonly url: string;
  /** What the service's `schema.ts` exports. */
  readonly schema: S;
  /** The folder that `mesh-migration` writes to; ends with a slash or not. */
  readonly migrations: URL;
  readonly log: Logger;
  /** The most connections, beside the one that listens. Default: 10. */
  readonly poolSize?: number;
  /** How PostgreSQL names the connections. Default: `mesh`. */
  readonly name?: string;
  /** Ends the wait for PostgreSQL early. */
  readonly signal?: AbortSignal;
  /** The longest wait for PostgreSQL, in milliseconds. Default: 60,000. */
  readonly timeoutMs?: number;
  /** How long `close` waits for what runs. Default: 5,000. */
  readonly closeTimeoutMs?: number;
  /** Told whether PostgreSQL can be reached, as part `store`. */
  readonly health?: Health;
}

type UpdateOptions = Pick<StoreOptions<Schema>, "migrations" | "log" | "signal" | "timeoutMs">;

/** A migration may rewrite a big table. */
const migrationLimits = { statement_timeout: 600_000, query_timeout: 610_000 } as const;

/**
 * Waits until PostgreSQL answers, brings its tables up to date, and opens a pool. Several processes may do so at once.
 *
 * @throws MeshError UNAVAILABLE when PostgreSQL does not answer in time
 * @throws StoreError when it refuses the account or a migration
 */
export async function openStore<S extends Schema>(options: StoreOptions<S>): Promise<Store<S>> {
  const { log, health, poolSize = 10 } = options;
  const config = { connectionString: options.url, application_name: options.name ?? "mesh" };
  health?.set("store", false, "waiting for the database");
  await bringUpToDate(config, options);
  const { pool, close } = createPool({ ...config, max: poolSize }, log);
  const db = createDatabase(pool, options.schema);
  const onState = (isConnected: boolean, reason?: string) => health?.set("store", isConnected, reason);
  const listener = createListener({ config, log, onState });
  return {
    db,
    poolSize,
    transaction: (work) => db.transaction(work),
    listen: listener.listen,
    changes: (channel, signal) => watchChannel(listener.listen, channel, signal),
    ready: async () => void (await db.execute(sql`select 1`)),
    async close() {
      await listener.close();
      await close(options.closeTimeoutMs ?? 5_000);
    },
  };
}

async function bringUpToDate(config: pg.ClientConfig, options: UpdateOptions): Promise<void> {
  const limit = AbortSignal.timeout(options.timeoutMs ?? 60_000);
  const signal = options.signal ? AbortSignal.any([options.signal, limit]) : limit;
  const client = await connectPatiently(
    { ...connectionDefaults, ...migrationLimits, ...config },
    { ...options, signal },
  );
  try {
    await migrate(client, options.migrations, options.log);
  } catch (error) {
    throw storeFailure(error);
  } finally {
    await client.end().catch(() => {});
  }
}
