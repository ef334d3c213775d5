import { testDatabase } from "@mesh/testing";
import { sql } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import { busy, late, nap, never, openScope, outcome, withStore } from "../fixtures/scopes.ts";
import { gate, openThings, type Things, things } from "../fixtures/things.ts";

describe("a transaction of a scope", () => {
  test("begins with the time that is left in one message", () =>
    withStore({}, async (store, observer) => {
      const scope = openScope(Date.now() + 5_000);
      await store.transaction(async () => {
        const { rows } = await observer.db.execute<{ query: string }>(
          sql`select query from pg_stat_activity where datname = current_database() and state = 'idle in transaction'`,
        );
        const leftMs = Number(/^begin; set local statement_timeout = (\d+)$/.exec(rows[0]?.query ?? "")?.[1]);
        expect(leftMs).toBeGreaterThan(4_000);
        expect(leftMs).toBeLessThanOrEqual(5_000);
      }, scope);
      expect(await timeoutOf(store)).toBe("10s");
    }));

  test("never gives a statement more time than the pool does", async () => {
    await withStore({}, async (store) => {
      await store.transaction(async (tx) => expect(await timeoutOf({ db: tx })).toBe("10s"), openScope());
    });
    await using database = await testDatabase();
    await using store = await openThings(`${database.url}?statement_timeout=700`);
    await store.transaction(async (tx) => expect(await timeoutOf({ db: tx })).toBe("700ms"), openScope());
  });

  test("keeps its isolation level and access mode", () =>
    withStore({}, async (store) => {
      const db = store.bind(openScope(Date.now() + 5_000));
      const config = { isolationLevel: "serializable", accessMode: "read only" } as const;
      const work = db.transaction(async (tx) => (await tx.execute(sql`show transaction_isolation`)).rows, config);
      expect(await work).toEqual([{ transaction_isolation: "serializable" }]);
      const write = db.transaction((tx) => tx.insert(things).values({ id: 1 }), config);
      await expect(write).rejects.toMatchObject({ code: "UNAVAILABLE" });
    }));

  test("does not commit after the deadline, also if the signal is late", () =>
    withStore({}, async (store) => {
      const scope = openScope();
      const aborted = store.transaction(async (tx) => {
        await tx.insert(things).values({ id: 1 });
        scope.end();
      }, scope);
      expect(await outcome(aborted)).toBe(late);
      const passed = { signal: never, deadline: Date.now() + 100 };
      const busyLoop = store.transaction(async (tx) => {
        await tx.insert(things).values({ id: 2 });
        while (Date.now() < passed.deadline) Math.random();
      }, passed);
      expect(await outcome(busyLoop)).toMatchObject({ code: "DEADLINE_EXCEEDED" });
      expect(await store.db.$count(things)).toBe(0);
    }));

  test("does not commit if its work catches the error and goes on", () =>
    withStore({ poolSize: 1 }, async (store) => {
      const scope = openScope();
      const goneOn = gate();
      const db = store.bind(scope);
      const work = db.transaction(async (tx) => {
        await tx.insert(things).values({ id: 1 });
        setTimeout(scope.end, 50);
        await tx.execute(nap).catch(() => {});
        await tx
          .insert(things)
          .values({ id: 2 })
          .catch(() => {});
        goneOn.open();
      });
      expect(await outcome(work)).toBe(late);
      await goneOn.opened;
      expect(await outcome(db.transaction((tx) => tx.insert(things).values({ id: 3 })))).toBe(late);
      expect(await store.db.$count(things)).toBe(0);
    }));

  test("ends when its signal aborts, also if its work never does", () =>
    withStore({ poolSize: 1 }, async (store) => {
      const scope = openScope();
      const work = store.transaction(async (tx) => {
        await tx.insert(things).values({ id: 1 });
        setTimeout(scope.end);
        await new Promise(() => {});
      }, scope);
      expect(await outcome(work)).toBe(late);
      expect(await store.db.$count(things)).toBe(0);
    }));

  test("whose statement PostgreSQL ends at the deadline fails like the call, not like the database", () =>
    withStore({}, async (store) => {
      const work = store.transaction((tx) => tx.execute(nap), { signal: never, deadline: Date.now() + 100 });
      const error = await outcome(work);
      expect(error).toMatchObject({ code: "DEADLINE_EXCEEDED", message: "no time was left for the database" });
      expect(error.cause).toBe(undefined);
    }));

  test("is not undone once COMMIT was sent", () =>
    withStore({}, async (store, observer) => {
      await store.db.execute(sql`create function nap() returns trigger language plpgsql
        as $$ begin perform pg_sleep(0.3); return null; end $$`);
      await store.db.execute(sql`create constraint trigger slow after insert on things
        deferrable initially deferred for each row execute function nap()`);
      const scope = openScope();
      const work = store.transaction((tx) => tx.insert(things).values({ id: 1 }), scope);
      await expect.poll(() => busy(observer, "commit"), { interval: 5 }).toBe(1);
      scope.end();
      await work;
      expect(await store.db.$count(things)).toBe(1);
    }));
});

async function timeoutOf({ db }: { readonly db: Pick<Things["db"], "execute"> }): Promise<unknown> {
  return (await db.execute(sql`show statement_timeout`)).rows[0]?.statement_timeout;
}
