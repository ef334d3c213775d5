import { fileURLToPath } from "node:url";
import type { Logger } from "@mesh/runtime";
import { type MigrationMeta, readMigrationFiles } from "drizzle-orm/migrator";
import type pg from "pg";

/** The number of the advisory lock that serializes migrations of a database. Any constant works. */
const lockKey = 0x6d657368;

/** The table of drizzle-kit and Drizzle's own migrator, with the migrations that were applied. */
const setUp = `
  create schema if not exists drizzle;
  create table if not exists drizzle.__drizzle_migrations (id serial primary key, hash text not null, created_at bigint)`;

/**
 * Applies the missing migrations in one transaction, one process at a time.
 *
 * Drizzle's own migrator skips a migration that is older than the newest applied one. That loses migrations when two
 * branches are merged. This one compares each.
 *
 * @param folder the output of drizzle-kit, with `meta/_journal.json`
 */
export async function migrate(client: pg.Client, folder: URL, log: Logger): Promise<void> {
  const migrations = readMigrationFiles({ migrationsFolder: fileURLToPath(folder) });
  await client.query("begin");
  // A migration of another process may take long. Other queries must not wait long for the locks of ours.
  await client.query("set local lock_timeout = '120s'");
  await client.query("select pg_advisory_xact_lock($1)", [lockKey]);
  await client.query("set local lock_timeout = '10s'");
  await client.query(setUp);
  const missing = await missingOf(client, migrations);
  for (const migration of missing) await apply(client, migration);
  await client.query("commit");
  if (missing.length > 0) log.info({ migrations: missing.length }, "migrated the database");
}

async function missingOf(client: pg.Client, migrations: MigrationMeta[]): Promise<MigrationMeta[]> {
  const result = await client.query<{ created_at: string }>("select created_at from drizzle.__drizzle_migrations");
  const applied = new Set(result.rows.map((row) => Number(row.created_at)));
  return migrations.filter(({ folderMillis }) => !applied.has(folderMillis));
}

async function apply(client: pg.Client, { sql, hash, folderMillis }: MigrationMeta): Promise<void> {
  for (const statement of sql) await client.query(statement);
  const insert = "insert into drizzle.__drizzle_migrations (hash, created_at) values ($1, $2)";
  await client.query(insert, [hash, folderMillis]);
}
