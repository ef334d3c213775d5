import { testDatabase } from "@mesh/testing";
import { expect, test, vi } from "vitest";
import { effectsOf, openPart, type Tx } from "../fixtures/part.ts";
import { type Child, keepChild, spawnChild } from "../fixtures/spawn-child.ts";
import { Chore, Work } from "../fixtures/work.ts";
import { job } from "./index.ts";

const waiting = { timeout: 60_000 };
/** Until five processes have been started, one after the other. */
const patience = { timeout: 150_000, interval: 200 };
const idle = { concurrency: 0 };
/** Enqueues, and leaves the work to others. */
const jobs = [job(Work, async () => ({ sum: 0 }), idle), job(Chore, async () => {}, idle)];

test("a job whose process is killed is done again, by another process", async () => {
  await using database = await testDatabase();
  await using part = await openPart(database.url, jobs, { leaseMs: 1_000 });
  const first = await spawnChild(database.url);
  const id = await part.transaction((tx) => tx.enqueue(Chore, { thing: "a", number: 0 }));
  await vi.waitFor(async () => expect(await effectsOf(part)).toEqual([1]), waiting);
  await first.kill();
  await using _second = await spawnChild(database.url);
  await part.jobs.result(Chore, id);
  // It is the same attempt.
  expect(await effectsOf(part)).toEqual([1, 1]);
});

test("a job that ends its processes fails after five, and those beside it are done", async () => {
  await using database = await testDatabase();
  await using part = await openPart(database.url, jobs, { leaseMs: 1_000 });
  const [killer, ...others] = await part.transaction(async (tx) => [
    await tx.enqueue(Chore, { thing: "killer", number: 0 }, { priority: 1 }),
    await tx.enqueue(Chore, { thing: "beside", number: 1 }),
    await tx.enqueue(Chore, { thing: "beside", number: 2 }),
  ]);
  await using children = await keepChild(database.url);
  const ended = async (id = "") => {
    return vi.waitFor(async () => {
      const status = await part.jobs.status(Chore, id);
      expect(["completed", "failed"]).toContain(status?.state);
      return status;
    }, patience);
  };
  const failure = { code: "INTERNAL", message: "its process ended 3 times while it was done alone" };
  expect(await ended(killer)).toMatchObject({ state: "failed", failure });
  for (const id of others) expect(await ended(id)).toMatchObject({ state: "completed" });
  expect(children.ended).toBe(5);
  expect(await effectsOf(part, "killer")).toEqual([1, 1, 1, 1, 1]);
  expect(part.logged).toContainEqual(expect.objectContaining({ msg: "a job failed", id: killer, kills: 5 }));
});

test("jobs with a transaction take effect once while their processes are killed under load", async () => {
  await using database = await testDatabase();
  await using part = await openPart(database.url, jobs, { leaseMs: 3_000 });
  const children: Child[] = [await spawnChild(database.url), await spawnChild(database.url)];
  const numbers = Array.from({ length: 400 }, (_, number) => number);
  await part.transaction(async (tx) => {
    for (const number of numbers) await tx.enqueue(Work, { thing: "a", number });
  });
  for (const seen of [40, 100, 160, 220]) {
    await vi.waitFor(async () => expect((await effectsOf(part)).length).toBeGreaterThan(seen), waiting);
    await children.shift()?.kill();
    children.push(await spawnChild(database.url));
  }
  const sorted = async () => (await effectsOf(part)).sort((one, other) => one - other);
  await vi.waitFor(async () => expect(await sorted()).toEqual(numbers), waiting);
  // Those that the killed processes had taken are done again.
  const unfinished = "select count(*)::int from pgboss.job where state <> 'completed'";
  await vi.waitFor(async () => expect((await part.store.db.execute(unfinished)).rows).toEqual([{ count: 0 }]), waiting);
  expect(await sorted()).toEqual(numbers);
  await Promise.all(children.map((child) => child.kill()));
});

test("an attempt during which the database was lost does not count", async () => {
  await using database = await testDatabase();
  let calls = 0;
  const handler = async (_: { readonly number: number }, { tx }: { tx: Tx }) => {
    calls += 1;
    if (calls === 1) await tx.execute("select pg_terminate_backend(pg_backend_pid())");
  };
  await using part = await openPart(database.url, [job(Chore, handler, { tx: true })], { pollMs: 50 });
  const id = await part.transaction((tx) => tx.enqueue(Chore, { thing: "a", number: 0 }));
  await vi.waitFor(async () => {
    expect(await part.jobs.status(Chore, id)).toMatchObject({ state: "completed", attempts: 1 });
  }, waiting);
  expect(calls).toBe(2);
});
