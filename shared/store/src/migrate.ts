import type { Logger } from "@mesh/runtime";
import type pg from "pg";
import { createMigrationTable, type Migration, migrationTable, readMigrations } from "./drizzle-internals.ts";

/** The number of the advisory lock that serializes migrations of a database. Any constant works. */
const lockKey = 0x6d657368;

/**
 * Applies the missing migrations in one transaction, one process at a time.
 *
 * Drizzle's own migrator skips a migration that is older than the newest applied one. That loses migrations when two
 * branches are merged. This one compares each.
 *
 * @param folder the output of drizzle-kit, with `meta/_journal.json`
 */
export async function migrate(client: pg.Client, folder: URL, log: Logger): Promise<void> {
  const migrations = readMigrations(folder);
  await client.query("begin");
  // A migration of another process may take long. Other queries must not wait long for the locks of ours.
  await client.query("set local lock_timeout = '120s'");
  await client.query("select pg_advisory_xact_lock($1)", [lockKey]);
  await client.query("set local lock_timeout = '10s'");
  await client.query(createMigrationTable);
  const missing = await missingOf(client, migrations);
  for (const migration of missing) await apply(client, migration);
  await client.query("commit");
  if (missing.length > 0) log.info({ migrations: missing.length }, "migrated the database");
}

async function missingOf(client: pg.Client, migrations: readonly Migration[]): Promise<Migration[]> {
  const result = await client.query<{ created_at: string }>(`select created_at from ${migrationTable}`);
  const applied = new Set(result.rows.map((row) => Number(row.created_at)));
  return migrations.filter(({ createdAt }) => !applied.has(createdAt));
}

async function apply(client: pg.Client, { statements, hash, createdAt }: Migration): Promise<void> {
  for (const statement of statements) await client.query(statement);
  await client.query(`insert into ${migrationTable} (hash, created_at) values ($1, $2)`, [hash, createdAt]);
}
