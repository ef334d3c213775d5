import { MeshError } from "@mesh/contracts";
import { testDatabase, testNetwork } from "@mesh/testing";
import { sql } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import { gate, openThings, type Things, things } from "../fixtures/things.ts";
import type { StoreScope } from "./index.ts";

const late = new MeshError({
  code: "DEADLINE_EXCEEDED",
  message: "no time was left for orders.v1.OrderService/PlaceOrder",
});
const never = new AbortController().signal;
const nap = sql`select pg_sleep(20)`;

/** A scope that a test ends. */
function openScope(deadline = Date.now() + 60_000): StoreScope & { end(): void } {
  const controller = new AbortController();
  return { signal: controller.signal, deadline, end: () => controller.abort(late) };
}

describe("a statement", () => {
  test("is cancelled within 200 ms when its signal aborts, and its connection goes on", () =>
    withStore({ poolSize: 1 }, async (store, observer) => {
      const pid = await pidOf(store);
      const tookMs: number[] = [];
      // The fastest of a few, because this machine may be busy.
      while (tookMs.length < 5) {
        const scope = openScope();
        const napping = outcome(store.bind(scope).execute(nap));
        await expect.poll(() => busy(observer), { interval: 5 }).toBe(1);
        const abortedAt = performance.now();
        scope.end();
        await expect.poll(() => busy(observer), { interval: 5 }).toBe(0);
        tookMs.push(performance.now() - abortedAt);
        expect(await napping).toBe(late);
      }
      expect(Math.min(...tookMs)).toBeLessThan(200);
      expect(Math.max(...tookMs)).toBeLessThan(5_000);
      expect(await pidOf(store)).toBe(pid);
    }));

  test("does not begin once the signal has aborted or the deadline has passed", () =>
    withStore({}, async (store) => {
      const scope = openScope();
      scope.end();
      expect(await outcome(store.bind(scope).insert(things).values({ id: 1 }))).toBe(late);
      const passed = store.bind({ signal: never, deadline: Date.now() }).insert(things).values({ id: 2 });
      expect(await outcome(passed)).toMatchObject({ code: "DEADLINE_EXCEEDED" });
      expect(await store.db.$count(things)).toBe(0);
    }));

  test("fails with CANCELLED, or DEADLINE_EXCEEDED after a timeout, if the reason of the signal is no MeshError", () =>
    withStore({}, async (store) => {
      const cancelled = store.bind({ signal: AbortSignal.abort(), deadline: Infinity }).execute(nap);
      expect(await outcome(cancelled)).toMatchObject({ code: "CANCELLED" });
      const timedOut = store.bind({ signal: AbortSignal.timeout(50), deadline: Infinity }).execute(nap);
      expect(await outcome(timedOut)).toMatchObject({ code: "DEADLINE_EXCEEDED" });
    }));

  test("that waits for a connection leaves the queue when its signal aborts", () =>
    withStore({ poolSize: 1 }, async (store) => {
      const { opened, open } = gate();
      const holding = store.transaction(() => opened);
      const scope = openScope();
      // As many as may wait.
      const waiting = Array.from({ length: 500 }, () => outcome(store.bind(scope).$count(things)));
      await new Promise(setImmediate);
      const abortedAt = performance.now();
      scope.end();
      expect(new Set(await Promise.all(waiting))).toEqual(new Set([late]));
      expect(performance.now() - abortedAt).toBeLessThan(1_000);
      const next = store.bind(openScope()).$count(things);
      open();
      await holding;
      expect(await next).toBe(0);
    }));

  test("that waits for a connection to open stops waiting when its signal aborts", async () => {
    await using database = await testDatabase();
    await using network = await testNetwork(database.url);
    await using store = await openThings(network.url, { closeTimeoutMs: 50 });
    network.freeze();
    const scope = openScope();
    const waiting = outcome(store.bind(scope).$count(things));
    await new Promise(setImmediate);
    scope.end();
    expect(await waiting).toBe(late);
    network.thaw();
  });

  test("that arrives after the first cancel request is cancelled by a later one", async () => {
    await using database = await testDatabase();
    await using network = await testNetwork(database.url);
    await using store = await openThings(network.url, { poolSize: 1 });
    const pid = await pidOf(store);
    const { sent } = network;
    network.delayMs = 200;
    const scope = openScope();
    const napping = outcome(store.bind(scope).execute(nap));
    await expect.poll(() => network.sent, { interval: 5 }).toBeGreaterThan(sent);
    network.delayMs = 0;
    const abortedAt = performance.now();
    scope.end();
    expect(await napping).toBe(late);
    // The statement timeout is 10 s.
    expect(performance.now() - abortedAt).toBeLessThan(8_000);
    expect(await pidOf(store)).toBe(pid);
  });

  test("that ends before its cancel request keeps its connection until the request is over", async () => {
    await using database = await testDatabase();
    await using network = await testNetwork(database.url);
    await using observer = await openThings(database.url);
    await using store = await openThings(network.url, { poolSize: 1 });
    const scope = openScope();
    const lock = sql`select pg_advisory_xact_lock(1)`;
    const locking = await observer.transaction(async (tx) => {
      await tx.execute(lock);
      const waiting = store.bind(scope).execute(lock);
      const result = Promise.resolve(waiting);
      await expect.poll(() => busy(observer, "select pg_advisory_xact_lock(1)")).toBe(1);
      const { sent } = network;
      network.delayMs = 500;
      scope.end();
      await expect.poll(() => network.sent, { interval: 5 }).toBeGreaterThan(sent);
      network.delayMs = 0;
      return { result };
    });
    // It would be hit by the request.
    const next = store.db.execute(sql`select pg_sleep(0.7)`);
    await locking.result;
    await next;
  });

  test("whose cancel request does not arrive loses its connection", async () => {
    await using database = await testDatabase();
    await using network = await testNetwork(database.url);
    await using observer = await openThings(database.url);
    await using store = await openThings(network.url, { poolSize: 1 });
    const scope = openScope();
    const napping = outcome(store.bind(scope).execute(nap));
    await expect.poll(() => busy(observer)).toBe(1);
    network.redirect("postgres://127.0.0.1:1/");
    const abortedAt = performance.now();
    scope.end();
    expect(await napping).toBe(late);
    // The statement timeout is 10 s.
    expect(performance.now() - abortedAt).toBeLessThan(8_000);
    network.redirect(database.url);
    expect(await store.db.$count(things)).toBe(0);
  });

  test("of a relational query belongs to its scope, too", () =>
    withStore({}, async (store) => {
      await store.db.insert(things).values({ id: 1 });
      const scope = openScope();
      const db = store.bind(scope);
      expect((await db.query.things.findMany()).map(({ id }) => id)).toEqual([1]);
      scope.end();
      expect(await outcome(db.query.things.findMany())).toBe(late);
    }));
});

describe("a transaction", () => {
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

test("a hundred cancelled calls leave the pool whole, and cancel nothing of the calls after them", () =>
  withStore({ poolSize: 4 }, async (store, observer) => {
    const calls = Array.from({ length: 100 }, async (_, number) => {
      const scope = openScope();
      const db = store.bind(scope);
      const napping = number % 2 === 0 ? db.execute(nap) : db.transaction((tx) => tx.execute(nap));
      setTimeout(scope.end, number * 3);
      return outcome(napping);
    });
    // They get the connections of the others, and are long enough to be hit by a cancel request that is late.
    const others = Array.from({ length: 200 }, () => store.db.execute(sql`select pg_sleep(0.002)`));
    await Promise.all(others);
    expect(new Set(await Promise.all(calls))).toEqual(new Set([late]));
    expect(await busy(observer)).toBe(0);
    const { opened, open } = gate();
    let inside = 0;
    const together = Array.from({ length: 4 }, () =>
      store.transaction(async () => {
        if (++inside === 4) open();
        await opened;
      }),
    );
    await Promise.all(together);
  }));

/** Returns the error of work. */
async function outcome(work: PromiseLike<unknown>): Promise<MeshError> {
  return Promise.resolve(work).then(
    () => expect.fail("it worked"),
    (error: MeshError) => error,
  );
}

/** Returns how many statements of this kind PostgreSQL runs in the database. */
async function busy({ db }: Things, statement = "select pg_sleep(20)"): Promise<number> {
  const { rows } = await db.execute(sql`select 1 from pg_stat_activity
    where datname = current_database() and state = 'active' and query = ${statement}`);
  return rows.length;
}

async function pidOf({ db }: Things): Promise<unknown> {
  return (await db.execute(sql`select pg_backend_pid() as pid`)).rows[0]?.pid;
}

async function timeoutOf({ db }: { readonly db: Pick<Things["db"], "execute"> }): Promise<unknown> {
  return (await db.execute(sql`show statement_timeout`)).rows[0]?.statement_timeout;
}

/** Runs a test with a store, and with another one that observes its database. */
async function withStore(
  options: Parameters<typeof openThings>[1],
  work: (store: Things, observer: Things) => Promise<void>,
): Promise<void> {
  await using database = await testDatabase();
  await using observer = await openThings(database.url);
  await using store = await openThings(database.url, options);
  await work(store, observer);
}
