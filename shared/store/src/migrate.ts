import { setTimeout as sleep } from "node:timers/promises";
import { MeshError } from "@mesh/contracts";
import type { Logger } from "@mesh/runtime";
import type pg from "pg";
import { StoreError, storeFailure } from "./failure.ts";
import { type Migration, readMigrations } from "./migration-files.ts";

/** Options of `migrate`. */
export interface MigrateOptions {
  readonly log: Logger;
  /** Ends the wait for another process that migrates. */
  readonly signal?: AbortSignal | undefined;
}

interface Applied {
  readonly hash: string;
  readonly created_at: string;
  /** The file. Null: another migrator applied it. */
  readonly name: string | null;
}

/** The table in which Drizzle's own migrator records what it applied. `name` is ours. */
const table = "drizzle.__drizzle_migrations";

/** The number of the advisory lock that serializes migrations of a database. Any constant works. */
const lockKey = 0x6d657368;

/** What to do about an error, by its SQL state. */
type Advice = Readonly<Record<string, string>>;

const transactionAdvice: Advice = {
  // The statement can't run in a transaction.
  "25001": `make the first line "-- no transaction", and separate the statements by "--> statement-breakpoint"`,
  // The value of an enum was added in the same transaction.
  "55P04": "use the new value in a migration of its own",
};

const existsAdvice =
  "if an attempt that failed created it, drop it first; IF NOT EXISTS also works, but not for an index";

/** A migration without a transaction runs again after a failure: what it created exists then. */
const repeatAdvice: Advice = {
  ...transactionAdvice,
  // A table or an index; a column; a schema; a function; another object.
  "42P07": existsAdvice,
  "42701": existsAdvice,
  "42P06": existsAdvice,
  "42723": existsAdvice,
  "42710": existsAdvice,
};

const lockTimeoutMs = 120_000;
const lockPollMs = 200;

/**
 * Applies the missing migrations, each in a transaction of its own, one process at a time. A migration with the
 * comment `-- no transaction` at its start runs without one: it runs again as a whole after a failure.
 *
 * Drizzle's own migrator skips a migration that is older than the newest applied one. That loses migrations when two
 * branches are merged. This one compares each.
 *
 * @param client a connection that is closed afterwards, which ends the lock
 * @param folder the output of drizzle-kit, with `meta/_journal.json`
 * @throws Error that names the file if a migration was changed after it was applied, or leaves an index invalid
 * @throws StoreError or MeshError that names the file if a migration fails
 */
export async function migrate(client: pg.Client, folder: URL, { log, signal }: MigrateOptions): Promise<void> {
  const migrations = await readMigrations(folder);
  await takeLock(client, signal);
  const applied = await appliedOf(client);
  checkApplied(migrations, applied);
  reportNewer(migrations, applied, log);
  const times = new Set(applied.map(timeOf));
  const missing = migrations.filter(({ createdAt }) => !times.has(createdAt));
  for (const migration of missing) await apply(client, migration);
  if (missing.length > 0) log.info({ migrations: missing.map(({ file }) => file) }, "migrated the database");
}

/**
 * Takes the lock of the session. A session that waits for a lock in a statement has a snapshot, for whose end
 * CREATE INDEX CONCURRENTLY of the process with the lock would wait: so this asks again and again.
 */
async function takeLock(client: pg.Client, signal: AbortSignal | undefined): Promise<void> {
  const endsAt = performance.now() + lockTimeoutMs;
  for (;;) {
    const { rows } = await client.query<{ taken: boolean }>("select pg_try_advisory_lock($1) as taken", [lockKey]);
    if (rows[0]?.taken) return;
    if (signal?.aborted || performance.now() > endsAt) {
      throw new MeshError({
        code: "UNAVAILABLE",
        message: "another process migrates the database",
        retryAfterMs: 1_000,
      });
    }
    await sleep(lockPollMs, undefined, { signal }).catch(() => {});
  }
}

async function appliedOf(client: pg.Client): Promise<Applied[]> {
  await client.query(`create schema if not exists drizzle;
    create table if not exists ${table} (id serial primary key, hash text not null, created_at bigint, name text)`);
  const { rows, fields } = await client.query<Applied>(`select * from ${table} order by created_at`);
  if (!fields.some(({ name }) => name === "name")) await client.query(`alter table ${table} add column name text`);
  return rows;
}

function checkApplied(migrations: readonly Migration[], applied: readonly Applied[]): void {
  const byTime = new Map(applied.map((row) => [timeOf(row), row]));
  const edited = migrations.find(({ createdAt, hashes }) => {
    const row = byTime.get(createdAt);
    return row && !hashes.includes(row.hash);
  });
  if (!edited) return;
  const fix = "undo the change and write a new migration; in development, you can also reset the database";
  throw new Error(`the migration ${edited.file} was changed after it was applied to this database: ${fix}`);
}

/** Warns about migrations of newer code. It starts anyway, so that a new version can be rolled back. */
function reportNewer(migrations: readonly Migration[], applied: readonly Applied[], log: Logger): void {
  const known = new Set(migrations.map(({ createdAt }) => createdAt));
  const unknown = applied.filter((row) => !known.has(timeOf(row)));
  if (unknown.length === 0) return;
  const names = unknown.map((row) => row.name ?? new Date(timeOf(row)).toISOString());
  log.warn({ migrations: names }, "the database is newer than this code: it has migrations that the code lacks");
}

function timeOf({ created_at }: Applied): number {
  return Number(created_at);
}

async function apply(client: pg.Client, migration: Migration): Promise<void> {
  if (!migration.isTransaction) return run(client, migration);
  await client.query("begin");
  try {
    await run(client, migration);
    await client.query("commit").catch(throwNamed(`the migration ${migration.file} failed when it was committed`));
  } catch (error) {
    await client.query("rollback").catch(() => {});
    throw error;
  }
}

async function run(client: pg.Client, { file, statements, hash, createdAt, isTransaction }: Migration): Promise<void> {
  // Other queries wait for a statement that waits for a lock. CREATE INDEX CONCURRENTLY delays none, and waits for every
  // transaction that began before it.
  await client.query(isTransaction ? "set local lock_timeout = '10s'" : "set lock_timeout = '60s'");
  for (const [at, statement] of statements.entries()) {
    const where = `the migration ${file} failed in statement ${at + 1}`;
    await client.query(statement).catch(throwNamed(where, isTransaction ? transactionAdvice : repeatAdvice));
  }
  if (!isTransaction) await checkIndexes(client, file, statements);
  await client.query(`insert into ${table} (hash, created_at, name) values ($1, $2, $3)`, [hash, createdAt, file]);
}

/**
 * Checks the indexes that a migration names. CREATE INDEX CONCURRENTLY leaves an index that no query uses when it fails, and
 * IF NOT EXISTS then does nothing.
 */
async function checkIndexes(client: pg.Client, file: string, statements: readonly string[]): Promise<void> {
  // The index of a partitioned table, I, is invalid on purpose until each partition has one.
  const sql =
    "select relname as name from pg_index join pg_class on pg_class.oid = indexrelid " +
    "where not indisvalid and relkind <> 'I'";
  const { rows } = await client.query<{ name: string }>(sql);
  const named = new Set(
    statements
      .join("\n")
      .toLowerCase()
      .match(/[\w$]+/g),
  );
  const left = rows.find(({ name }) => named.has(name.toLowerCase()));
  if (!left) return;
  const fix = `begin the file with DROP INDEX CONCURRENTLY IF EXISTS "${left.name}", and create it without IF NOT EXISTS`;
  throw new Error(`the migration ${file} leaves the index ${left.name} invalid, from an attempt that failed: ${fix}`);
}

function throwNamed(where: string, advice?: Advice): (error: unknown) => never {
  return (error) => {
    throw failureOf(error, where, advice);
  };
}

/** Returns the error of a store with the name of the migration. */
function failureOf(error: unknown, where: string, advice: Advice = {}): unknown {
  const failure = storeFailure(error);
  if (failure instanceof MeshError) {
    const reason = failure.cause instanceof StoreError ? failure.cause.message : failure.message;
    return new MeshError({ code: failure.code, message: `${where}: ${reason}`, cause: failure.cause });
  }
  if (!(failure instanceof StoreError)) return failure;
  const fix = advice[failure.sqlState];
  failure.message = `${where}: ${failure.message}${fix ? `; ${fix}` : ""}`;
  return failure;
}
