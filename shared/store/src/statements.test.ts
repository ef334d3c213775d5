import { testDatabase } from "@mesh/testing";
import { sql } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import { openThings, type Things, things } from "../fixtures/things.ts";
import { defer, notify, StoreError } from "./index.ts";
import { StatementNames } from "./statement-names.ts";

const uses = [1, 2, 3, 4, 5];

describe("a statement that comes again", () => {
  test("is prepared once", () =>
    withStore(async (store) => {
      for (const id of uses) await store.db.insert(things).values({ id });
      const prepared = sql`select statement, (custom_plans + generic_plans)::int as uses from pg_prepared_statements`;
      const { rows } = await store.db.execute(prepared);
      expect(rows).toEqual([{ statement: expect.stringContaining('insert into "things"'), uses: expect.any(Number) }]);
      // The names of this process may be older than the store.
      expect(rows[0]?.uses).toBeGreaterThanOrEqual(3);
    }));

  test("fails once with UNAVAILABLE if the type of its result was changed", () =>
    withStore(async (store) => {
      for (const id of uses) await store.db.insert(things).values({ id, name: `${id}` });
      const sum = () => store.db.select({ name: things.name }).from(things);
      for (const _ of uses) await sum();
      await store.db.execute(sql`alter table things alter column name type varchar(20)`);
      await expect(sum()).rejects.toMatchObject({ code: "UNAVAILABLE", retryAfterMs: 50 });
      expect(await sum()).toHaveLength(uses.length);
    }));

  test("has a name from its third use on, unless too many have one", () => {
    const names = new StatementNames();
    const [first, second, third] = [1, 2, 3].map(() => names.nameOf("select 1"));
    expect([first, second, typeof third]).toEqual([undefined, undefined, "string"]);
    for (const number of Array(300).keys()) for (const _ of uses) names.nameOf(`select ${number}`);
    expect([names.nameOf("select 1"), names.nameOf("select 299")]).toEqual([third, undefined]);
    const long = "x".repeat(5_000);
    expect(uses.map(() => new StatementNames().nameOf(long))).toEqual(uses.map(() => undefined));
  });
});

describe("a transaction that does not wait for a statement", () => {
  const tooLong = "x".repeat(9_000);

  test("is rolled back with its error", () =>
    withStore(async (store) => {
      const work = store.transaction(async (tx) => {
        await tx.insert(things).values({ id: 1 });
        await notify(tx, "things", tooLong);
        await notify(tx, "things", "a second one");
      });
      await expect(work).rejects.toThrow("payload string too long");
      expect(await store.db.$count(things)).toBe(0);
    }));

  test("has the error at the next statement", () =>
    withStore(async (store) => {
      const work = store.transaction(async (tx) => {
        await notify(tx, "things", tooLong);
        const error = await tx
          .select()
          .from(things)
          .catch((reason: unknown) => reason);
        expect(error).toBeInstanceOf(StoreError);
        throw error;
      });
      await expect(work).rejects.toThrow("payload string too long");
    }));

  test("waits once many have no response", () =>
    withStore(async (store) => {
      await store.transaction(async (tx) => {
        let done = 0;
        for (const id of Array(100).keys())
          await defer(
            tx,
            tx
              .insert(things)
              .values({ id })
              .then(() => done++),
          );
        expect(done).toBeGreaterThan(0);
      });
      expect(await store.db.$count(things)).toBe(100);
    }));
});

/** Runs work with a store of one connection. */
async function withStore(work: (store: Things) => Promise<void>): Promise<void> {
  await using database = await testDatabase();
  await using store = await openThings(database.url, { poolSize: 1 });
  await work(store);
}
