import { testDatabase } from "@mesh/testing";
import { asc, eq, sql } from "drizzle-orm";
import pg from "pg";
import { describe, expect, test } from "vitest";
import { openThings, things } from "../fixtures/things.ts";

const dates = [
  "0001-01-01T00:00:00.000Z",
  "0050-06-07T08:09:10.011Z",
  "1850-01-01T00:00:00.001Z",
  "1969-12-31T23:59:59.999Z",
  "1970-01-01T00:00:00.000Z",
  "2026-02-28T12:30:45.678Z",
  "9999-12-31T23:59:59.999Z",
].map((text) => new Date(text));

const sizes = [0n, -1n, 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n)];
const contents = [new Uint8Array(), Uint8Array.from({ length: 256 }, (_, byte) => byte)];

describe("a value is read as it was stored", () => {
  test("a date", () => keep(dates.map((at, id) => ({ id, at }))));
  test("a 64-bit integer", () => keep(sizes.map((size, id) => ({ id, size }))));
  test("bytes", () => keep(contents.map((content, id) => ({ id, content }))));

  test("a date, if the time zone of the server once had an offset with seconds", async () => {
    await using database = await testDatabase();
    await alter(database.url, "set timezone = 'Europe/Amsterdam'");
    await using store = await openThings(database.url);
    await store.db.insert(things).values(dates.map((at, id) => ({ id, at })));
    const rows = await store.db.select().from(things).orderBy(asc(things.id));
    expect(rows.map((row) => row.at)).toEqual(dates);
    for (const [id, at] of dates.entries()) {
      expect(await store.db.select({ id: things.id }).from(things).where(eq(things.at, at))).toEqual([{ id }]);
    }
  });
});

test("a default of now() has milliseconds, so that a query for the value finds the row", async () => {
  await using database = await testDatabase();
  await using store = await openThings(database.url);
  const [row] = await store.db.insert(things).values({ id: 1 }).returning();
  expect(await store.db.$count(things, eq(things.at, row?.at ?? new Date(0)))).toBe(1);
});

test("a 64-bit integer that JSON rounded is an error", async () => {
  await using database = await testDatabase();
  await using store = await openThings(database.url);
  await store.db.insert(things).values([
    { id: 1, size: 2n ** 53n - 1n },
    { id: 2, size: 2n ** 53n + 1n },
  ]);
  const throughJson = (id: number) => {
    const size = sql`to_json(${things.size})`.mapWith(things.size);
    return store.db.select({ size }).from(things).where(eq(things.id, id));
  };
  expect(await throughJson(1)).toEqual([{ size: 2n ** 53n - 1n }]);
  await expect(throughJson(2)).rejects.toThrow("rounded");
});

async function keep(values: (typeof things.$inferInsert)[]): Promise<void> {
  await using database = await testDatabase();
  await using store = await openThings(database.url);
  await store.db.insert(things).values(values);
  const expected = values.map((value) => expect.objectContaining(value));
  expect(await store.db.select().from(things).orderBy(asc(things.id))).toEqual(expected);
  expect(await store.db.query.things.findMany({ orderBy: asc(things.id) })).toEqual(expected);
}

async function alter(url: string, change: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  await client.query(`alter role current_user ${change}`);
  await client.end();
}
