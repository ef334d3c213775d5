import { createHealth } from "@mesh/runtime";
import { type TestPostgres, testDatabase, testNetwork, testPostgres } from "@mesh/testing";
import { sql } from "drizzle-orm";
import pg from "pg";
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

  test("starts its migrations again if PostgreSQL is killed during them", async () => {
    await using postgres = await testPostgres();
    let attempts = 0;
    const prepare: NonNullable<Parameters<typeof openThings>[1]>["prepare"] = async (run) => {
      if (++attempts === 1) await postgres.kill().then(() => postgres.restart());
      await run("select 1");
    };
    await using store = await openThings(postgres.url, { prepare });
    await store.ready();
    expect(attempts).toBe(2);
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

test("a PostgreSQL that does not respond makes every call UNAVAILABLE with a retry delay", async () => {
  await using database = await testDatabase();
  await using network = await testNetwork(`${database.url}?query_timeout=2000`);
  await using store = await openThings(network.url, { poolSize: 2, closeTimeoutMs: 50 });
  await Promise.all([store.ready(), store.ready()]);
  network.freeze();
  const statements = Array.from({ length: 10 }, () => store.ready());
  // More than may wait for a connection.
  const transactions = Array.from({ length: 510 }, () =>
    store.transaction((tx) => tx.insert(things).values({ id: 1 })),
  );
  const results = await Promise.allSettled([...statements, ...transactions]);
  const failures = results.map((result) => (result.status === "rejected" ? result.reason : "it worked"));
  const unexpected = failures.filter(({ code, retryAfterMs }) => code !== "UNAVAILABLE" || retryAfterMs !== 500);
  expect(unexpected).toEqual([]);
  expect(failures.every(isStoreUnavailable)).toBe(true);
  network.thaw();
  await expect.poll(() => store.ready().then(() => true)).toBe(true);
});

test("connections are replaced when they reach their maximum age, also while they are in use", async () => {
  await using database = await testDatabase();
  await using store = await openThings(database.url, { poolSize: 1, maxConnectionAgeMs: 100 });
  const pidOf = async () => (await store.db.execute(sql`select pg_backend_pid() as pid`)).rows[0]?.pid;
  const first = await store.transaction(async (tx) => {
    const { rows } = await tx.execute(sql`select pg_backend_pid() as pid, pg_sleep(0.2)`);
    return rows[0]?.pid;
  });
  const second = await pidOf();
  expect(second).not.toBe(first);
  await expect.poll(pidOf).not.toBe(second);
});

describe("after a failover to another server", () => {
  test("the connections to the old one, which is read-only now, are replaced", async () => {
    await using old = await testPostgres();
    await using next = await testPostgres();
    await using network = await testNetwork(old.url);
    await using other = await openThings(await withPassword(next, new URL(old.url).password));
    const health = createHealth();
    await using store = await openThings(network.url, { poolSize: 3, health });
    await Promise.all([1, 2, 3].map((id) => store.transaction((tx) => tx.insert(things).values({ id }))));
    await expect.poll(() => network.connections).toBe(4);

    network.redirect(next.url);
    await makeReadOnly(old.adminUrl);
    const write = () => store.transaction((tx) => tx.insert(things).values({ id: 4 }));
    await expect(write()).rejects.toMatchObject({ code: "UNAVAILABLE", retryAfterMs: 500 });
    await write();
    expect(await other.db.$count(things)).toBe(1);
    // No connection of the pool leads to the old server any more, so that none reads what is outdated.
    const counts = await Promise.all([1, 2, 3].map(() => store.transaction((tx) => tx.$count(things))));
    expect(counts).toEqual([1, 1, 1]);
  });

  test("the connection that listens is replaced", async () => {
    await using old = await testPostgres();
    await using next = await testPostgres();
    await using network = await testNetwork(old.url);
    await using other = await openThings(await withPassword(next, new URL(old.url).password));
    await using store = await openThings(network.url);
    const heard: (string | undefined)[] = [];
    store.listen("channel", (payload) => heard.push(payload));
    await expect.poll(() => heard).toEqual([undefined]);
    network.redirect(next.url);
    await makeReadOnly(old.adminUrl);
    await expect.poll(() => heard).toEqual([undefined, undefined]);
    await sendTo(other, "a");
    await expect.poll(() => heard).toEqual([undefined, undefined, "a"]);
  });
});

test("a LISTEN that times out is repeated over another connection", async () => {
  await using database = await testDatabase();
  await using network = await testNetwork(`${database.url}?query_timeout=500`);
  await using store = await openThings(network.url);
  await using sender = await openThings(database.url);
  const early: unknown[] = [];
  const heard: unknown[] = [];
  store.listen("early", (payload) => early.push(payload));
  await expect.poll(() => early).toEqual([undefined]);
  // PostgreSQL gets the statement after its time is up.
  const { sent } = network;
  network.delayMs = 1_500;
  store.listen("channel", (payload) => heard.push(payload));
  await expect.poll(() => network.sent).toBeGreaterThan(sent);
  network.delayMs = 0;
  await expect.poll(() => heard).toEqual([undefined]);
  await sendTo(sender, "a");
  await expect.poll(() => heard).toEqual([undefined, "a"]);
  // Each connection that listens again reports it.
  expect(early.length).toBeGreaterThan(1);
  expect(early.every((payload) => payload === undefined)).toBe(true);
});

/** Makes a server reject changes, as one that is a replica now. */
async function makeReadOnly(adminUrl: string): Promise<void> {
  await administer(adminUrl, ["alter system set default_transaction_read_only = on", "select pg_reload_conf()"]);
  const read = async () => (await administer(adminUrl, ["show transaction_read_only"]))?.transaction_read_only;
  // PostgreSQL notifies the connections that it has before it accepts a new one.
  await expect.poll(read).toBe("on");
}

/** Gives the owner of the database the password of another server. Returns the URL with it. */
async function withPassword({ url, adminUrl }: TestPostgres, password: string): Promise<string> {
  await administer(adminUrl, [`alter role ${new URL(url).username} password '${password}'`]);
  return Object.assign(new URL(url), { password }).href;
}

/** Returns the first row of the last statement. */
async function administer(adminUrl: string, statements: readonly string[]) {
  const client = new pg.Client(adminUrl);
  await client.connect();
  let row: Record<string, unknown> | undefined;
  for (const statement of statements) row = (await client.query<Record<string, unknown>>(statement)).rows[0];
  await client.end();
  return row;
}

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
