import { MeshError } from "@mesh/contracts";
import { testDatabase } from "@mesh/testing";
import { expect, test, vi } from "vitest";
import { openGate } from "../fixtures/gate.ts";
import { type Context, effectsOf, openPart, record, type Tx } from "../fixtures/part.ts";
import { Chore, Work } from "../fixtures/work.ts";
import { InvalidJob, job } from "./index.ts";

const quick = { pollMs: 50, leaseMs: 2_000 };
const waiting = { timeout: 20_000 };

test("a job is done if and only if its transaction commits, and has its result", async () => {
  await using database = await testDatabase();
  const double = job(
    Work,
    async ({ thing, number }, { tx }: { tx: Tx }) => {
      await record({ thing, number }, tx);
      return { sum: number * 2 };
    },
    { tx: true },
  );
  await using part = await openPart(database.url, [double], quick);
  const lost = part.transaction(async (tx) => {
    await tx.enqueue(Work, { thing: "a", number: 1 });
    throw new Error("no");
  });
  await expect(lost).rejects.toThrow("no");
  const id = await part.transaction((tx) => tx.enqueue(Work, { thing: "a", number: 2 }));
  expect(await part.jobs.result(Work, id)).toEqual({ sum: 4 });
  expect(await effectsOf(part)).toEqual([2]);
  expect(await part.jobs.status(Work, id)).toMatchObject({ state: "completed", attempts: 1 });
});

test("a payload that breaks its contract is not enqueued, and neither is a job without a handler", async () => {
  await using database = await testDatabase();
  await using part = await openPart(database.url, [job(Work, async () => ({ sum: 1 }))], quick);
  const invalid = part.transaction((tx) => tx.enqueue(Work, { thing: "", number: 1 }));
  await expect(invalid).rejects.toThrow("test.v1.Work breaks its contract: thing");
  const foreign = part.transaction((tx) => tx.enqueue(Chore, { thing: "a", number: 1 }));
  await expect(foreign).rejects.toThrow("test.v1.Chore is no job of this service");
});

test("of jobs with one key that wait, the first is kept, and one that runs does not count", async () => {
  await using database = await testDatabase();
  const gate = openGate();
  const done: number[] = [];
  const held = job(
    Chore,
    async ({ number }) => {
      done.push(number);
      if (number === 0) await gate.opened;
    },
    { concurrency: 1 },
  );
  await using part = await openPart(database.url, [held], quick);
  const enqueue = (number: number) =>
    part.transaction((tx) => tx.enqueue(Chore, { thing: "a", number }, { key: "same" }));
  await enqueue(0);
  await vi.waitFor(() => expect(done).toEqual([0]), waiting);
  const [first, second] = [await enqueue(1), await enqueue(2)];
  expect(second).toBe(first);
  gate.open();
  await part.jobs.result(Chore, first);
  expect(done).toEqual([0, 1]);
});

test("jobs of a higher priority begin first, and one with a delay later", async () => {
  await using database = await testDatabase();
  const done: number[] = [];
  const one = job(Chore, async ({ number }) => void done.push(number), { concurrency: 1 });
  await using part = await openPart(database.url, [one], quick);
  await part.transaction(async (tx) => {
    await tx.enqueue(Chore, { thing: "a", number: 4 }, { delayMs: 700, priority: 9 });
    await tx.enqueue(Chore, { thing: "a", number: 3 }, { priority: -1 });
    await tx.enqueue(Chore, { thing: "a", number: 2 });
    await tx.enqueue(Chore, { thing: "a", number: 1 }, { priority: 5 });
  });
  await vi.waitFor(() => expect(done).toEqual([1, 2, 3, 4]), waiting);
});

test("a job that fails is tried again after a pause, and fails after its last attempt", async () => {
  await using database = await testDatabase();
  const attempts: number[] = [];
  const failing = job(Chore, async (_, { attempt }: Context) => {
    attempts.push(attempt);
    throw new MeshError({ code: "UNAVAILABLE", message: "try later" });
  });
  await using part = await openPart(database.url, [failing], quick);
  const id = await part.transaction((tx) => tx.enqueue(Chore, { thing: "a", number: 1 }));
  await expect(part.jobs.result(Chore, id)).rejects.toMatchObject({ code: "UNAVAILABLE", message: "try later" });
  expect(attempts).toEqual([1, 2]);
  expect(await part.jobs.status(Chore, id)).toMatchObject({ state: "failed", attempts: 2 });
});

test("an InvalidJob fails without another attempt, and another error keeps its text from callers", async () => {
  await using database = await testDatabase();
  const failing = job(Work, async ({ number }) => {
    throw number === 1 ? new InvalidJob("never") : new TypeError("a secret");
  });
  await using part = await openPart(database.url, [failing], quick);
  const first = await part.transaction((tx) => tx.enqueue(Work, { thing: "a", number: 1 }));
  await expect(part.jobs.result(Work, first)).rejects.toMatchObject({ code: "INVALID_ARGUMENT", message: "never" });
  expect(await part.jobs.status(Work, first)).toMatchObject({ attempts: 1 });
  const second = await part.transaction((tx) => tx.enqueue(Work, { thing: "a", number: 2 }));
  await expect(part.jobs.result(Work, second)).rejects.toMatchObject({
    code: "INTERNAL",
    message: "test.v1.Work failed",
  });
});

test("an attempt that takes too long is ended, and tried again", async () => {
  await using database = await testDatabase();
  const reasons: unknown[] = [];
  const slow = job(Chore, async (_, { signal, attempt }: Context) => {
    if (attempt === 2) return;
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    reasons.push(signal.reason);
  });
  await using part = await openPart(database.url, [slow], quick);
  const id = await part.transaction((tx) => tx.enqueue(Chore, { thing: "a", number: 1 }));
  await part.jobs.result(Chore, id);
  expect(reasons).toMatchObject([{ code: "DEADLINE_EXCEEDED" }]);
});

test("a process without room for a job notifies another one, which begins it", async () => {
  await using database = await testDatabase();
  const numbers: number[] = [];
  const never = { ...quick, pollMs: 60_000 };
  const done = job(Chore, async ({ number }) => void numbers.push(number));
  await using _worker = await openPart(database.url, [done], never);
  await using full = await openPart(database.url, [job(Chore, async () => {}, { concurrency: 0 })], never);
  for (const number of [1, 2, 3]) {
    await full.transaction((tx) => tx.enqueue(Chore, { thing: "a", number }));
    await vi.waitFor(() => expect(numbers).toHaveLength(number), waiting);
  }
});

test("a watcher in another process gets the progress of a job, and its end", async () => {
  await using database = await testDatabase();
  const gate = openGate();
  const reporting = job(Work, async (_, { progress }: Context) => {
    await progress(1, 4, "reading");
    await gate.opened;
    return { sum: 7 };
  });
  await using worker = await openPart(database.url, [reporting], quick);
  await using other = await openPart(database.url, [job(Work, async () => ({ sum: 0 }), { concurrency: 0 })], quick);
  const id = await worker.transaction((tx) => tx.enqueue(Work, { thing: "a", number: 1 }));
  const seen: unknown[] = [];
  for await (const { state, progress, result } of other.jobs.watch(Work, id)) {
    seen.push(progress ?? result ?? state);
    if (progress) gate.open();
  }
  expect(seen.slice(-2)).toEqual([{ done: 1, total: 4, note: "reading" }, { sum: 7 }]);
});

test("a cancelled job does not begin, and one that runs in another process is aborted", async () => {
  await using database = await testDatabase();
  const reasons: unknown[] = [];
  const endless = job(
    Work,
    async (_, { signal }: Context) => {
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      reasons.push(signal.reason);
      throw signal.reason;
    },
    { concurrency: 1 },
  );
  await using worker = await openPart(database.url, [endless], { ...quick, leaseMs: 60_000 });
  await using other = await openPart(database.url, [job(Work, async () => ({ sum: 0 }), { concurrency: 0 })], quick);
  const id = await worker.transaction((tx) => tx.enqueue(Work, { thing: "a", number: 1 }));
  const next = await worker.transaction((tx) => tx.enqueue(Work, { thing: "a", number: 2 }));
  await vi.waitFor(async () => expect(await other.jobs.status(Work, id)).toMatchObject({ state: "running" }), waiting);
  expect(await other.jobs.cancel(Work, next)).toBe(true);
  expect(await other.jobs.cancel(Work, id)).toBe(true);
  await expect(other.jobs.result(Work, id)).rejects.toMatchObject({ code: "CANCELLED" });
  await vi.waitFor(() => expect(reasons).toMatchObject([{ code: "CANCELLED" }]), waiting);
  expect(await other.jobs.status(Work, next)).toMatchObject({ state: "cancelled", attempts: 0 });
  expect(await other.jobs.cancel(Work, id)).toBe(false);
});

test("no more jobs of a name run at the same time than its concurrency, nor begin in a window than its rate", async () => {
  await using database = await testDatabase();
  let [running, most] = [0, 0];
  const busy = job(
    Chore,
    async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 20));
      running--;
    },
    { concurrency: 2, rate: { count: 3, seconds: 2 } },
  );
  await using one = await openPart(database.url, [busy], quick);
  await using _other = await openPart(database.url, [busy], quick);
  await one.transaction(async (tx) => {
    for (const number of [1, 2, 3, 4, 5, 6]) await tx.enqueue(Chore, { thing: "a", number });
  });
  const text =
    "select extract(epoch from started_on)::float8 as at from pgboss.job where state = 'completed' order by 1";
  const begun = await vi.waitFor(async () => {
    const { rows } = await one.store.db.execute<{ at: number }>(text);
    expect(rows).toHaveLength(6);
    return rows.map(({ at }) => at);
  }, waiting);
  expect(most).toBeLessThanOrEqual(4);
  expect((begun[3] ?? 0) - (begun[0] ?? 0)).toBeGreaterThan(1.99);
});

test("a process that ends returns the jobs that do not, and another does them as the same attempt", async () => {
  await using database = await testDatabase();
  const stuck = job(Work, () => new Promise<never>(() => {}));
  const first = await openPart(database.url, [stuck], { ...quick, drainMs: 100 });
  const id = await first.transaction((tx) => tx.enqueue(Work, { thing: "a", number: 1 }));
  await vi.waitFor(async () => expect(await first.jobs.status(Work, id)).toMatchObject({ state: "running" }), waiting);
  await first[Symbol.asyncDispose]();
  const numbers: number[] = [];
  const done = job(Work, async (_, { attempt }: Context) => ({ sum: numbers.push(attempt) }));
  await using second = await openPart(database.url, [done], quick);
  expect(await second.jobs.result(Work, id)).toEqual({ sum: 1 });
  expect(numbers).toEqual([1]);
});
