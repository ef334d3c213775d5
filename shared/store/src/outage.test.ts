import { createHealth } from "@mesh/runtime";
import { testDatabase, testPostgres } from "@mesh/testing";
import { sql } from "drizzle-orm";
import { describe, expect, test, vi } from "vitest";
import { gate, openThings, type Things, things } from "../fixtures/things.ts";
import { isStoreUnavailable, notify } from "./index.ts";

const nowhere = "postgres://mesh:mesh@127.0.0.1:1/mesh";

describe("opening a store", () => {
  test("waits until PostgreSQL runs", async () => {
    await using postgres = await testPostgres();
    await postgres.stop();
    const opening = openThings(postgres.url);
    await postgres.restart();
    await using store = await opening;
    await store.ready();
  });

  test("fails when its time is up, or its signal aborts", async () => {
    await expect(openThings(nowhere, { timeoutMs: 300 })).rejects.toMatchObject({ code: "UNAVAILABLE" });
    const opening = openThings(nowhere, { signal: AbortSignal.timeout(300) });
    await expect(opening).rejects.toMatchObject({ code: "UNAVAILABLE" });
  });

  test("fails immediately if the database does not exist", async () => {
    await using database = await testDatabase();
    const wrong = Object.assign(new URL(database.url), { pathname: "/no_such_database" });
    await expect(openThings(wrong.href)).rejects.toMatchObject({ name: "StoreError", sqlState: "3D000" });
  });
});

describe("a store whose PostgreSQL is killed", () => {
  test("fails with UNAVAILABLE, and works again after the restart", async () => {
    await using postgres = await testPostgres();
    const health = createHealth();
    await using store = await openThings(postgres.url, { health });
    await vi.waitFor(() => expect(health.ready()).toBe(true));
    const [inserted, killed] = [gate(), gate()];
    const running = store.transaction(async (tx) => {
      await tx.insert(things).values({ id: 1 });
      inserted.open();
      await killed.opened;
      await tx.insert(things).values({ id: 2 });
    });
    const failed = running.catch((error: unknown) => error);

    await inserted.opened;
    await postgres.kill();
    // The connection is lost between two statements of the transaction.
    const reasons = { store: "the database can't be reached" };
    await vi.waitFor(() => expect(health.reasons()).toEqual(reasons), 5_000);
    killed.open();
    expect(isStoreUnavailable(await failed)).toBe(true);
    await expect(store.ready()).rejects.toMatchObject({ code: "UNAVAILABLE", retryAfterMs: 500 });

    await postgres.restart();
    await vi.waitFor(() => expect(health.ready()).toBe(true), 10_000);
    await store.db.insert(things).values({ id: 3 });
    expect(await store.db.select({ id: things.id }).from(things)).toEqual([{ id: 3 }]);
  });

  test("listens again after the restart, and notifies its listeners to read everything", async () => {
    await using postgres = await testPostgres();
    await using store = await openThings(postgres.url);
    const heard: (string | undefined)[] = [];
    store.listen("channel", (payload) => heard.push(payload));
    await vi.waitFor(() => expect(heard).toEqual([undefined]));
    await sendTo(store, "a");
    await vi.waitFor(() => expect(heard).toEqual([undefined, "a"]));

    await postgres.kill();
    await postgres.restart();
    await vi.waitFor(() => expect(heard).toEqual([undefined, "a", undefined]), 10_000);
    await sendTo(store, "b");
    await vi.waitFor(() => expect(heard).toEqual([undefined, "a", undefined, "b"]));
  });
});

test("a connection that PostgreSQL ends while it is idle is replaced", async () => {
  await using database = await testDatabase();
  await using store = await openThings(database.url);
  await using other = await openThings(database.url);
  await store.ready();
  const others = sql`select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()`;
  await other.db.execute(others);
  await vi.waitFor(() => store.ready());
});

describe("closing a store", () => {
  test("waits for running work", async () => {
    await using database = await testDatabase();
    const store = await openThings(database.url);
    const { opened, open } = gate();
    const running = store.transaction(async (tx) => {
      await opened;
      return tx.insert(things).values({ id: 1 });
    });
    const closing = store.close();
    open();
    await closing;
    expect(await running).toMatchObject({ rowCount: 1 });
  });

  test("ends work that exceeds the limit, and does not fail", async () => {
    await using database = await testDatabase();
    const store = await openThings(database.url, { closeTimeoutMs: 50 });
    const running = store.transaction((tx) => tx.execute(sql`select pg_sleep(60)`)).catch((error: unknown) => error);
    await vi.waitFor(async () => expect(await sleepers(database.url)).toBe(1));
    await store.close();
    expect(isStoreUnavailable(await running)).toBe(true);
  });
});

async function sleepers(url: string): Promise<number> {
  await using store = await openThings(url);
  const asleep = sql`select 1 from pg_stat_activity where query like 'select pg_sleep%' and state = 'active'`;
  return (await store.db.execute(asleep)).rows.length;
}

function sendTo(store: Things, payload: string): Promise<void> {
  return store.transaction((tx) => notify(tx, "channel", payload));
}
