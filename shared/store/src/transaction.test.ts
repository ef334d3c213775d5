import { inspect } from "node:util";
import { testDatabase } from "@mesh/testing";
import { eq, sql } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import { gate, openThings, type Things, things } from "../fixtures/things.ts";
import { isStoreUnavailable, isUniqueViolation, StoreError } from "./index.ts";

describe("a transaction", () => {
  test("is committed when its function returns", () =>
    withStore(async (store) => {
      const result = await store.transaction(async (tx) => {
        await tx.insert(things).values({ id: 1 });
        return "done";
      });
      expect([result, await store.db.$count(things)]).toEqual(["done", 1]);
    }));

  test("is rolled back when its function throws", () =>
    withStore(async (store) => {
      const work = store.transaction(async (tx) => {
        await tx.insert(things).values({ id: 1 });
        throw new Error("no");
      });
      await expect(work).rejects.toThrow("no");
      expect(await store.db.$count(things)).toBe(0);
    }));

  test("fails if a statement failed and its error was caught, because PostgreSQL rolls it back", () =>
    withStore(async (store) => {
      const work = store.transaction(async (tx) => {
        await tx.insert(things).values({ id: 1 });
        await tx
          .insert(things)
          .values({ id: 1 })
          .catch(() => {});
      });
      await expect(work).rejects.toThrow("rolled back");
      expect(await store.db.$count(things)).toBe(0);
    }));

  test("keeps its own changes if a nested transaction fails", () =>
    withStore(async (store) => {
      await store.transaction(async (tx) => {
        await tx.insert(things).values({ id: 1 });
        await tx.transaction((nested) => nested.insert(things).values({ id: 1 })).catch(() => {});
      });
      expect(await store.db.$count(things)).toBe(1);
    }));

  test("rejects a statement after its end", () =>
    withStore(async (store) => {
      const late = await store.transaction(async (tx) => () => tx.insert(things).values({ id: 1 }));
      await expect(late().execute()).rejects.toThrow("is an await missing?");
      expect(await store.db.$count(things)).toBe(0);
    }));

  test("can be read-only", () =>
    withStore(async (store) => {
      const work = (tx: Pick<Things["db"], "insert">) => tx.insert(things).values({ id: 1 }).execute();
      const result = store.db.transaction(work, { isolationLevel: "serializable", accessMode: "read only" });
      await expect(result).rejects.toMatchObject({ code: "UNAVAILABLE" });
    }));
});

describe("an error", () => {
  test("of a unique constraint can be recognized, and contains no values", () =>
    withStore(async (store) => {
      await store.db.insert(things).values({ id: 4711 });
      const error = await store.db
        .insert(things)
        .values({ id: 4711, name: "secret" })
        .catch((reason) => reason);
      expect(error).toBeInstanceOf(StoreError);
      expect([isUniqueViolation(error), isUniqueViolation(error, "things_pkey")]).toEqual([true, true]);
      expect(isUniqueViolation(error, "another")).toBe(false);
      expect(inspect(error, { depth: null })).not.toMatch(/secret|4711/);
    }));

  test("of a statement that takes too long is DEADLINE_EXCEEDED", () =>
    withStore(async (store) => {
      const work = store.transaction(async (tx) => {
        await tx.execute(sql`set local statement_timeout = '20ms'`);
        await tx.execute(sql`select pg_sleep(5)`);
      });
      await expect(work).rejects.toMatchObject({ code: "DEADLINE_EXCEEDED" });
    }));

  test("of a lock that another transaction holds is ABORTED, with a delay for the retry", () =>
    withStore(async (store) => {
      await store.db.insert(things).values({ id: 1 });
      const work = store.transaction(async (tx) => {
        await tx.select().from(things).for("update");
        await store.transaction(async (other) => {
          await other.execute(sql`set local lock_timeout = '20ms'`);
          await other.update(things).set({ name: "b" }).where(eq(things.id, 1));
        });
      });
      await expect(work).rejects.toMatchObject({ code: "ABORTED", retryAfterMs: 50 });
    }));

  test("of a deadlock is ABORTED", () =>
    withStore(async (store) => {
      await store.db.insert(things).values([{ id: 1 }, { id: 2 }]);
      const [first, second] = [gate(), gate()];
      const lock = async (ids: [number, number], mine: typeof first, other: typeof first) => {
        await store.transaction(async (tx) => {
          await tx.update(things).set({ name: "a" }).where(eq(things.id, ids[0]));
          mine.open();
          await other.opened;
          await tx.update(things).set({ name: "a" }).where(eq(things.id, ids[1]));
        });
      };
      const results = await Promise.allSettled([lock([1, 2], first, second), lock([2, 1], second, first)]);
      expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
      const reason = results.find((result) => result.status === "rejected")?.reason;
      expect([reason.code, isStoreUnavailable(reason)]).toEqual(["ABORTED", false]);
    }));

  test("of an exhausted pool is RESOURCE_EXHAUSTED, after 3 s", async () => {
    await using database = await testDatabase();
    await using store = await openThings(database.url, { poolSize: 1 });
    const { opened, open } = gate();
    const holding = store.transaction(() => opened);
    await expect(store.db.$count(things)).rejects.toMatchObject({ code: "RESOURCE_EXHAUSTED" });
    open();
    await holding;
    expect(await store.db.$count(things)).toBe(0);
  });
});

async function withStore(work: (store: Things) => Promise<void>): Promise<void> {
  await using database = await testDatabase();
  await using store = await openThings(database.url);
  await work(store);
}
