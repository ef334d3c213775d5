import { setTimeout as sleep } from "node:timers/promises";
import { backoffMs, type Health, type Logger } from "@mesh/runtime";
import { sql } from "drizzle-orm";
import type { NodePgDatabase } from "drizzle-orm/node-postgres";
import type pg from "pg";
import { type Changes, Watches } from "./changes.ts";
import type { Notified } from "./channels.ts";
import { type ConnectOptions, connectPatiently } from "./connect.ts";
import { createDatabase, type TransactionPart } from "./drizzle-internals.ts";
import { isStoreUnavailable, throwStoreFailure } from "./failure.ts";
import { createListener } from "./listener.ts";
import { migrate } from "./migrate.ts";
import { connectionDefaults, createPool } from "./pool.ts";
import type { StatementResult } from "./run-statement.ts";
import type { Opening } from "./run-transaction.ts";
import type { Schema, StoreTransaction } from "./schema.ts";
import type { StoreScope } from "./scope.ts";
import { pools } from "./telemetry/instruments.ts";

/** The database of one service. */
export interface Store<S extends Schema> {
  /**
   * Drizzle's database. It throws a MeshError if callers can act on the error (UNAVAILABLE: the database can't be reached;
   * ABORTED: a concurrent change conflicts; DEADLINE_EXCEEDED; RESOURCE_EXHAUSTED: the database responds, but no connection
   * is free), else a StoreError.
   */
  readonly db: NodePgDatabase<S>;
  /**
   * Returns the same database for a call, the handling of an event or one run of a task. When the signal aborts or the
   * deadline has passed, the statement that runs is cancelled, no further one begins, no transaction commits, and a request
   * that waits for a connection stops waiting. Each fails with the reason of the signal if that is a MeshError, else with
   * DEADLINE_EXCEEDED or CANCELLED. A COMMIT that PostgreSQL has received is not undone.
   */
  bind(scope: StoreScope): NodePgDatabase<S>;
  /** The most connections that transactions and statements share. */
  readonly poolSize: number;
  /**
   * Runs a function in a transaction, which is committed when the function returns, and rolled back when it throws. A
   * statement may take 10 s, wait 5 s for a lock, and start at most 30 s after the previous one. If the connection is
   * lost during the commit, its result is unknown: the error is UNAVAILABLE, so a retry must be idempotent.
   *
   * @param scope ends it early, as `bind` says. Default: nothing does.
   * @param opening statements that run with BEGIN. Default: none.
   */
  transaction<R>(work: (tx: StoreTransaction<S>) => Promise<R>, scope?: StoreScope, opening?: Opening): Promise<R>;
  /**
   * Returns the database for work within a transaction: all that it does takes effect when that commits. A statement that fails,
   * other than a SELECT, and a transaction within it that fails, are undone alone, as if each were a transaction of its own.
   */
  within(tx: StoreTransaction<S>): NodePgDatabase<S>;
  /**
   * Returns a transaction for a part of its work, such as one of several events. Statements are recorded below the span of the
   * scope, and fail after `end`. They share the limits of the whole transaction, and nothing undoes a part alone.
   */
  partOf(tx: StoreTransaction<S>, scope: StoreScope): TransactionPart<S>;
  /**
   * Listens to a channel of `notify`. Calls `notified` with undefined when listening begins, and again after each loss of
   * the connection: read everything then. Returns a function that ends it. A channel stays open on the connection, so use
   * a few fixed names.
   *
   * @throws RangeError if the name has no bytes, or more than 63
   */
  listen(channel: string, notified: Notified): () => void;
  /** Iterates over the payloads that `listen` receives, until the signal aborts. */
  changes(channel: string, signal: AbortSignal): Changes;
  /** Checks that the database responds. @throws MeshError UNAVAILABLE */
  ready(): Promise<void>;
  /** Waits for running work, up to `closeTimeoutMs`, and closes every connection. */
  close(): Promise<void>;
}

/** Runs a statement, or several in one text without values. */
export type RunText = (text: string, values?: readonly unknown[]) => Promise<StatementResult>;

/** Creates or migrates what a library keeps in the database. */
export type Prepare = (run: RunText) => Promise<void>;

/** Options of a store. */
export interface StoreOptions<S extends Schema> {
  readonly url: string;
  /** The exports of the service's `schema.ts`. */
  readonly schema: S;
  /** The folder that `mesh-migration` writes to, with or without a slash at the end. */
  readonly migrations: URL;
  /** Runs after the migrations, in one process at a time. */
  readonly prepare?: Prepare | undefined;
  readonly log: Logger;
  /** The most connections, not counting the one that listens. Default: 10. */
  readonly poolSize?: number;
  /** The time after which a connection of the pool is replaced, in milliseconds. Default: 600,000, which is 10 minutes. */
  readonly maxConnectionAgeMs?: number;
  /** The name of the connections in `pg_stat_activity`. Default: `mesh`. */
  readonly name?: string;
  /** Ends the wait for PostgreSQL early. */
  readonly signal?: AbortSignal;
  /** The longest wait for PostgreSQL, in milliseconds. Default: 60,000. */
  readonly timeoutMs?: number;
  /** The longest that `close` waits for running work, in milliseconds. Default: 5,000. */
  readonly closeTimeoutMs?: number;
  /** Gets the part `store`: whether PostgreSQL can be reached. */
  readonly health?: Health;
}

type MigrateOptions = Pick<StoreOptions<Schema>, "migrations" | "prepare" | "log" | "signal" | "timeoutMs">;

/** In milliseconds. A migration may rewrite a big table. */
const migrationLimits = { statement_timeout: 600_000, query_timeout: 610_000 } as const;

/**
 * Waits until PostgreSQL responds, applies the missing migrations, and opens a pool. Several processes may do so
 * concurrently.
 *
 * @throws MeshError UNAVAILABLE if PostgreSQL does not respond in time
 * @throws StoreError if PostgreSQL rejects the account, or a migration, which the error names
 * @throws Error that names the file if an applied migration was changed
 *
 * @example
 * ```ts no-run
 * import { createLogger } from "@mesh/runtime";
 * import { openStore } from "@mesh/store";
 * import { pgTable, text, uuid } from "drizzle-orm/pg-core";
 *
 * const notes = pgTable("notes", { id: uuid().primaryKey(), text: text().notNull() });
 * const store = await openStore({
 *   url: "postgres://notes:secret@127.0.0.1:5432/notes",
 *   schema: { notes },
 *   migrations: new URL("../migrations", import.meta.url),
 *   log: createLogger({ name: "notes" }),
 * });
 * await store.transaction((tx) => tx.insert(notes).values({ id: crypto.randomUUID(), text: "hello" }));
 * await store.close();
 * ```
 */
export async function openStore<S extends Schema>(options: StoreOptions<S>): Promise<Store<S>> {
  const { log, health, poolSize = 10 } = options;
  const config = { connectionString: options.url, application_name: options.name ?? "mesh" };
  health?.set("store", false, "waiting for the database");
  await migrateDatabase(config, options);
  const onState = (isConnected: boolean, reason?: string) => health?.set("store", isConnected, reason);
  const { listen, isResponding, close: unlisten } = createListener({ config, log, onState });
  const watches = new Watches(listen);
  const { maxConnectionAgeMs } = options;
  const { pool, close } = createPool({ ...config, max: poolSize }, { log, maxConnectionAgeMs, isResponding });
  const forgetPool = pools.add({ pool, name: config.application_name });
  const { db, bind, within, partOf } = createDatabase(pool, options.schema, statementTimeoutOf(options.url));
  return {
    db,
    bind,
    poolSize,
    // Drizzle hands the options to the session as they are.
    transaction: (work, scope, opening) => (scope ? bind(scope) : db).transaction(work, { opening } as object),
    within,
    partOf,
    listen,
    changes: (channel, signal) => watches.watch(channel, signal),
    ready: async () => void (await db.execute(sql`select 1`)),
    async close() {
      forgetPool();
      await unlisten();
      await close(options.closeTimeoutMs ?? 5_000);
    },
  };
}

/** Returns the limit of every statement, which the URL may set, in milliseconds. 0: there is none. */
function statementTimeoutOf(url: string): number {
  const own = URL.canParse(url) ? new URL(url).searchParams.get("statement_timeout") : null;
  return own === null ? connectionDefaults.statement_timeout : Number.parseInt(own, 10) || 0;
}

async function migrateDatabase(config: pg.ClientConfig, options: MigrateOptions): Promise<void> {
  const limit = AbortSignal.timeout(options.timeoutMs ?? 60_000);
  const signal = options.signal ? AbortSignal.any([options.signal, limit]) : limit;
  const limits = { ...connectionDefaults, ...migrationLimits };
  for (let attempt = 0; ; attempt++) {
    try {
      return await migrateOnce({ ...limits, ...config }, { ...options, signal });
    } catch (error) {
      // PostgreSQL was lost after it had responded: every step can be repeated.
      if (signal.aborted || !isStoreUnavailable(error)) throw error;
      await sleep(backoffMs(attempt, { maxMs: 2_000 }), undefined, { signal }).catch(() => {});
    }
  }
}

async function migrateOnce(config: pg.ClientConfig, options: MigrateOptions & ConnectOptions): Promise<void> {
  const client = await connectPatiently(config, options);
  try {
    await migrate(client, options.migrations, options).catch(throwStoreFailure);
    // The connection still has the lock of the migrations.
    await options.prepare?.((text, values) => client.query(text, values && [...values])).catch(throwStoreFailure);
  } finally {
    await client.end().catch(() => {});
  }
}
