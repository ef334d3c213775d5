import { testDatabase, testNetwork } from "@mesh/testing";
import { sql } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import { busy, late, nap, never, openScope, outcome, pidOf, withStore } from "../fixtures/scopes.ts";
import { gate, openThings, things } from "../fixtures/things.ts";

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
