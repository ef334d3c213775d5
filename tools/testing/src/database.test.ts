import { Client } from "pg";
import { expect, inject, test } from "vitest";
import { testDatabase } from "./database.ts";
import { testPostgres } from "./postgres.ts";

test("each test has a database of its own, which its owner may change", async () => {
  await using one = await testDatabase();
  await using other = await testDatabase();
  await query(one.url, "CREATE TABLE t (id int)");
  await query(other.url, "CREATE TABLE t (id int)");
  const elsewhere = Object.assign(new URL(one.url), { pathname: new URL(other.url).pathname }).href;
  await expect(query(elsewhere, "SELECT 1")).rejects.toThrow(/permission denied/);
});

test("a disposed database is gone, with the sessions in it", async () => {
  const database = await testDatabase();
  const client = new Client({ connectionString: database.url });
  client.on("error", () => {});
  await client.connect();
  await database[Symbol.asyncDispose]();
  const name = new URL(database.url).pathname.slice(1);
  expect(await query(inject("postgresUrl"), `SELECT datname FROM pg_database WHERE datname = '${name}'`)).toEqual([]);
});

test("a PostgreSQL comes back after kill -9 with what was committed", async () => {
  await using postgres = await testPostgres();
  await query(postgres.url, "CREATE TABLE t AS SELECT 42 AS answer");
  await postgres.kill();
  await postgres.restart();
  expect(await query(postgres.url, "SELECT answer FROM t")).toEqual([{ answer: 42 }]);
});

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}
