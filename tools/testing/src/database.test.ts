import { Client } from "pg";
import { expect, inject, test } from "vitest";
import { testDatabase } from "./database.ts";
import { testPostgres } from "./postgres.ts";

test("the owner of a test database has rights in it, and none in another", async () => {
  await using one = await testDatabase();
  await using other = await testDatabase();
  await query(one.url, "CREATE TABLE t (id int)");
  await query(other.url, "CREATE TABLE t (id int)");
  const elsewhere = Object.assign(new URL(one.url), { pathname: new URL(other.url).pathname }).href;
  await expect(query(elsewhere, "SELECT 1")).rejects.toThrow(/permission denied/);
});

test("disposing of a database drops it, with its sessions", async () => {
  const database = await testDatabase();
  const client = new Client({ connectionString: database.url });
  client.on("error", () => {});
  await client.connect();
  await database[Symbol.asyncDispose]();
  const name = new URL(database.url).pathname.slice(1);
  expect(await query(inject("postgresUrl"), `SELECT datname FROM pg_database WHERE datname = '${name}'`)).toEqual([]);
});

test("a PostgreSQL has all commits after kill -9 and a restart", async () => {
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
