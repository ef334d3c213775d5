import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { testDatabase } from "@mesh/testing";
import { sql } from "drizzle-orm";
import { expect, onTestFinished, test } from "vitest";
import { openThings } from "../fixtures/things.ts";

test("several processes that start concurrently migrate once", async () => {
  await using database = await testDatabase();
  const slow = "create table t (id int); select pg_sleep(0.2); insert into t values (1)";
  const migrations = await folderOf([{ when: 1, sql: slow }]);
  const stores = await Promise.all([1, 2, 3, 4].map(() => openThings(database.url, { migrations })));
  expect((await stores[0]?.db.execute(sql`select * from t`))?.rows).toEqual([{ id: 1 }]);
  for (const store of stores) await store.close();
});

test("a migration that is older than the newest applied one is applied", async () => {
  await using database = await testDatabase();
  const mine = { when: 20, sql: "create table mine (id int)" };
  const theirs = { when: 10, sql: "create table theirs (id int)" };
  for (const list of [[mine], [theirs, mine]]) {
    await using store = await openThings(database.url, { migrations: await folderOf(list) });
    if (list.length === 2) await store.db.execute(sql`select * from mine, theirs`);
  }
});

test("a migration that fails rolls back those before it, and the error is that of PostgreSQL", async () => {
  await using database = await testDatabase();
  const good = { when: 1, sql: "create table t (id int)" };
  const migrations = await folderOf([good, { when: 2, sql: "create tabel u (id int)" }]);
  await expect(openThings(database.url, { migrations })).rejects.toThrow('syntax error at or near "tabel"');
  await using store = await openThings(database.url, { migrations: await folderOf([good]) });
  await store.db.execute(sql`select * from t`);
});

async function folderOf(list: readonly { when: number; sql: string }[]): Promise<URL> {
  const folder = await mkdtemp(join(tmpdir(), "mesh migrations "));
  onTestFinished(() => rm(folder, { recursive: true }));
  const entries = list.map(({ when }, idx) => ({ idx, version: "7", when, tag: `m_${when}`, breakpoints: true }));
  await mkdir(join(folder, "meta"));
  await writeFile(join(folder, "meta/_journal.json"), JSON.stringify({ version: "7", dialect: "postgresql", entries }));
  for (const { when, sql: text } of list) await writeFile(join(folder, `m_${when}.sql`), text);
  return pathToFileURL(folder);
}
