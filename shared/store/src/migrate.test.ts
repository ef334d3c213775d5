import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { createLogger } from "@mesh/runtime";
import { testDatabase } from "@mesh/testing";
import { sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import { migrate } from "drizzle-orm/node-postgres/migrator";
import pg from "pg";
import { describe, expect, onTestFinished, test } from "vitest";
import { openThings } from "../fixtures/things.ts";
import { StoreError } from "./index.ts";

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

test("each migration has a transaction of its own: one can use the enum value that an earlier one added", async () => {
  await using database = await testDatabase();
  const initial = { when: 1, sql: "create type color as enum ('red'); create table t (id int, color color)" };
  await using first = await openThings(database.url, { migrations: await folderOf([initial]) });
  const add = { when: 2, sql: "alter type color add value 'blue'" };
  const use = { when: 3, sql: "alter table t alter color set default 'blue'" };
  const migrations = await folderOf([initial, add, use]);
  await using store = await openThings(database.url, { migrations });
  await store.db.execute(sql`insert into t (id) values (1)`);
  expect((await first.db.execute(sql`select color from t`)).rows).toEqual([{ color: "blue" }]);
});

test("a migration that fails is rolled back and named; those before it stay, and it runs once it is corrected", async () => {
  await using database = await testDatabase();
  const good = { when: 1, sql: "create table t (id int)" };
  const wrong = { when: 2, sql: "create table u (id int)--> statement-breakpoint\ncreate tabel v (id int)" };
  const failure = await openThings(database.url, { migrations: await folderOf([good, wrong]) }).catch(
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(StoreError);
  const message = 'the migration m_2.sql failed in statement 2: syntax error at or near "tabel"';
  expect(failure).toMatchObject({ message, sqlState: "42601" });
  const fixed = { when: 2, sql: "create table u (id int); create table v (id int)" };
  await using store = await openThings(database.url, { migrations: await folderOf([good, fixed]) });
  await store.db.execute(sql`select * from t, u, v`);
});

test("a migration that fails when it is committed, or uses a value that it added itself, is named too", async () => {
  await using database = await testDatabase();
  const table = "create table t (id int, constraint c unique (id) deferrable initially deferred)";
  const late = { when: 1, sql: `${table}; insert into t values (1), (1)` };
  const committing = openThings(database.url, { migrations: await folderOf([late]) });
  await expect(committing).rejects.toThrow(/m_1\.sql failed when it was committed.*"c"/);
  const enums = [
    { when: 1, sql: "create type color as enum ('red'); create table t (color color)" },
    { when: 2, sql: "alter type color add value 'blue'; alter table t alter color set default 'blue'" },
  ];
  const opening = openThings(database.url, { migrations: await folderOf(enums) });
  await expect(opening).rejects.toThrow(/m_2\.sql failed in statement 1.*a migration of its own/);
});

test("a migration that can't get a lock is named too", async () => {
  await using database = await testDatabase();
  const initial = { when: 1, sql: "create table t (id int)" };
  await using store = await openThings(database.url, { migrations: await folderOf([initial]) });
  const drop = { when: 2, sql: "set local lock_timeout = 100; drop table t" };
  const migrations = await folderOf([initial, drop]);
  await store.transaction(async (tx) => {
    await tx.execute(sql`lock table t in access share mode`);
    const failed = expect(openThings(database.url, { migrations })).rejects;
    await failed.toMatchObject({ code: "ABORTED", message: expect.stringContaining("m_2.sql failed in statement 1") });
  });
});

describe("a migration that begins with -- no transaction", () => {
  const initial = { when: 1, sql: "create table t (id int)" };
  const concurrently =
    "drop index concurrently if exists i;--> statement-breakpoint\ncreate index concurrently i on t (id);";

  test("may create an index concurrently, also if several processes start at the same time", async () => {
    await using database = await testDatabase();
    const migrations = await folderOf([initial, { when: 2, sql: `-- no transaction\n${concurrently}` }]);
    const stores = await Promise.all([1, 2, 3, 4].map(() => openThings(database.url, { migrations })));
    const valid = sql`select indisvalid from pg_index where indexrelid = 'i'::regclass`;
    expect((await stores[0]?.db.execute(valid))?.rows).toEqual([{ indisvalid: true }]);
    for (const store of stores) await store.close();
  });

  test("keeps what ran before a failure, and runs again as a whole", async () => {
    await using database = await testDatabase();
    const half =
      "-- no transaction\ncreate table if not exists u (id int)--> statement-breakpoint\ncreate tabel v (id int)";
    const opening = openThings(database.url, { migrations: await folderOf([initial, { when: 2, sql: half }]) });
    await expect(opening).rejects.toThrow("m_2.sql failed in statement 2");
    const fixed = half.replace("tabel", "table");
    await using store = await openThings(database.url, {
      migrations: await folderOf([initial, { when: 2, sql: fixed }]),
    });
    await store.db.execute(sql`select * from u, v`);
  });

  test.each([
    ["after another comment", "-- Custom SQL migration file, put your code below! --\n\n-- no transaction\n"],
    ["with the line ends of Windows, and a byte order mark", "\uFEFF-- No-Transaction\r\n"],
  ])("may have it %s", async (_, start) => {
    await using database = await testDatabase();
    const migrations = await folderOf([initial, { when: 2, sql: `${start}${concurrently}` }]);
    await using store = await openThings(database.url, { migrations });
    expect((await store.db.execute(sql`select 'i'::regclass`)).rows).toHaveLength(1);
  });

  test.each([
    [
      "create unique index concurrently i on t (id)",
      /m_2\.sql failed in statement 1.*"i" already exists; if an attempt/,
    ],
    ["create unique index concurrently if not exists i on t (id)", /m_2\.sql leaves the index i invalid.*DROP INDEX/],
  ])("reports what an earlier attempt left: %s", async (statement, message) => {
    await using database = await testDatabase();
    const twice = { ...initial, sql: `${initial.sql}; insert into t values (1), (1)` };
    const opening = async (text: string) =>
      openThings(database.url, { migrations: await folderOf([twice, { when: 2, sql: `-- no transaction\n${text}` }]) });
    await expect(opening(statement)).rejects.toThrow(/m_2\.sql failed in statement 1.*could not create unique index/);
    // The rows are corrected by hand.
    const client = new pg.Client(database.url);
    await client.connect();
    await client.query("delete from t");
    await client.end();
    await expect(opening(statement)).rejects.toThrow(message);
    await using store = await opening(`drop index concurrently if exists i;--> statement-breakpoint\n${statement}`);
    await store.ready();
  });

  test("may create an index on a partitioned table only, which is invalid until its partitions have one", async () => {
    await using database = await testDatabase();
    const parted = {
      when: 1,
      sql: "create table t (id int) partition by range (id); create table u partition of t default",
    };
    const only = { when: 2, sql: "-- no transaction\ncreate index i on only t (id)" };
    await using store = await openThings(database.url, { migrations: await folderOf([parted, only]) });
    const valid = sql`select indisvalid from pg_index where indexrelid = 'i'::regclass`;
    expect((await store.db.execute(valid))?.rows).toEqual([{ indisvalid: false }]);
  });

  test("is proposed by the error of a statement that needs it", async () => {
    await using database = await testDatabase();
    const opening = openThings(database.url, { migrations: await folderOf([initial, { when: 2, sql: concurrently }]) });
    await expect(opening).rejects.toThrow(/m_2\.sql failed in statement 1.*first line "-- no transaction"/);
  });
});

describe("an applied migration", () => {
  const one = { when: 1, sql: "create table t (id int);\ncreate table u (id int);\n" };
  const two = { when: 2, sql: "create table v (id int)" };

  test("that was edited is an error that names the file, and nothing is applied", async () => {
    await using database = await testDatabase();
    await using store = await openThings(database.url, { migrations: await folderOf([one]) });
    const edited = { ...one, sql: one.sql.replace("id", "key") };
    const opening = openThings(database.url, { migrations: await folderOf([edited, two]) });
    await expect(opening).rejects.toThrow(/m_1\.sql was changed after it was applied/);
    await expect(store.db.execute(sql`select * from v`)).rejects.toMatchObject({ sqlState: "42P01" });
  });

  test("may have the line ends of Windows or of Unix", async () => {
    for (const [before, after] of [["\n", "\r\n"] as const, ["\r\n", "\n"] as const]) {
      await using database = await testDatabase();
      const withEnds = (end: string) => folderOf([{ ...one, sql: one.sql.replaceAll("\n", end) }]);
      await using store = await openThings(database.url, { migrations: await withEnds(before) });
      await using again = await openThings(database.url, { migrations: await withEnds(after) });
      await Promise.all([store.ready(), again.ready()]);
    }
  });

  test("that the code lacks is reported by name, and the service starts", async () => {
    await using database = await testDatabase();
    await using newer = await openThings(database.url, { migrations: await folderOf([one, two]) });
    const { entries, log } = recordedLog();
    await using older = await openThings(database.url, { migrations: await folderOf([one]), log });
    await Promise.all([newer.ready(), older.ready()]);
    const message = "the database is newer than this code: it has migrations that the code lacks";
    expect(entries).toContainEqual(expect.objectContaining({ level: 40, msg: message, migrations: ["m_2.sql"] }));
  });

  test("may have been applied by Drizzle's own migrator", async () => {
    await using database = await testDatabase();
    const migrations = await folderOf([one]);
    const client = new pg.Client(database.url);
    await client.connect();
    await migrate(drizzle(client), { migrationsFolder: fileURLToPath(migrations) });
    await client.end();
    await using store = await openThings(database.url, { migrations });
    await store.db.execute(sql`select * from t`);
  });
});

test("a folder whose migrations can't be read is an error that names what is wrong", async () => {
  await using database = await testDatabase();
  const missing = await folderOf([{ when: 1, sql: "create table t (id int)" }]);
  await rm(new URL("m_1.sql", missing));
  await expect(openThings(database.url, { migrations: missing })).rejects.toThrow(/m_1\.sql/);
  const nowhere = new URL("nowhere/", missing);
  await expect(openThings(database.url, { migrations: nowhere })).rejects.toThrow(/nowhere.*_journal\.json/);
});

function recordedLog() {
  const entries: Record<string, unknown>[] = [];
  const destination = { write: (line: string) => void entries.push(JSON.parse(line)) };
  return { entries, log: createLogger({ name: "store-test", destination }) };
}

async function folderOf(list: readonly { when: number; sql: string }[]): Promise<URL> {
  const folder = await mkdtemp(join(tmpdir(), "mesh migrations "));
  onTestFinished(() => rm(folder, { recursive: true }));
  const entries = list.map(({ when }, idx) => ({ idx, version: "7", when, tag: `m_${when}`, breakpoints: true }));
  await mkdir(join(folder, "meta"));
  await writeFile(join(folder, "meta/_journal.json"), JSON.stringify({ version: "7", dialect: "postgresql", entries }));
  for (const { when, sql: text } of list) await writeFile(join(folder, `m_${when}.sql`), text);
  return pathToFileURL(`${folder}/`);
}
