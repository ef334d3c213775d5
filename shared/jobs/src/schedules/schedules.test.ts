import { randomUUID } from "node:crypto";
import { testDatabase } from "@mesh/testing";
import { eq } from "drizzle-orm";
import { expect, test, vi } from "vitest";
import { type Context, effectsOf, openPart, type Part, record, schedules, type Tx } from "../../fixtures/part.ts";
import { Chore } from "../../fixtures/work.ts";
import { job, schedule } from "../index.ts";

const quick = { pollMs: 50, leaseMs: 2_000 };
const waiting = { timeout: 20_000 };
const recorded = job(Chore, async (payload, { tx }: { tx: Tx }) => record(payload, tx), { tx: true });
/** Makes a schedule due, as if no process had run since. */
async function makeDue({ store }: Part, ms: number, name?: string): Promise<void> {
  const isWanted = name === undefined ? undefined : eq(schedules.name, name);
  await store.db
    .update(schedules)
    .set({ nextAt: new Date(Date.now() - ms) })
    .where(isWanted);
}

test("a schedule of the code is due once in two processes, and what was missed is made up for by one", async () => {
  await using database = await testDatabase();
  const declared = [schedule("chore", { everyMs: 3_600_000 }, Chore, { thing: "a", number: 1 })];
  const options = { ...quick, schedules: declared };
  await using one = await openPart(database.url, [recorded], options);
  await using _two = await openPart(database.url, [recorded], options);
  expect(await one.open.schedules.list()).toMatchObject([
    { name: "chore", target: "test.v1.Chore", kind: "job", isPaused: false, isDeclared: true, lastAt: undefined },
  ]);
  for (const due of [1, 2, 3]) {
    await makeDue(one, 5 * 3_600_000 + 1_000);
    await vi.waitFor(async () => expect(await effectsOf(one)).toHaveLength(due), waiting);
  }
  const [{ nextAt, lastAt } = {}] = await one.open.schedules.list();
  // It stays in step: the next time is a whole number of intervals after the last.
  expect(((nextAt?.getTime() ?? 0) - (lastAt?.getTime() ?? 0)) % 3_600_000).toBe(0);
  expect(nextAt?.getTime()).toBeGreaterThan(Date.now());
  const count = "select count(*)::int from pgboss.job";
  expect((await one.store.db.execute(count)).rows).toEqual([{ count: 3 }]);
});

test("many due schedules are each started once by two processes", async () => {
  await using database = await testDatabase();
  const numbers = Array.from({ length: 40 }, (_, number) => number);
  await using one = await openPart(database.url, [recorded], quick);
  await using _two = await openPart(database.url, [recorded], quick);
  const at = new Date(Date.now() + 500);
  await one.transaction(async (tx) => {
    for (const number of numbers) await tx.schedule(`once ${number}`, { at }, Chore, { thing: "a", number });
  });
  await vi.waitFor(async () => expect(await one.open.schedules.list()).toEqual([]), waiting);
  await vi.waitFor(async () => expect(await effectsOf(one)).toHaveLength(40), waiting);
  expect((await effectsOf(one)).sort((a, b) => a - b)).toEqual(numbers);
});

test("a schedule of a transaction exists if and only if that commits, and is replaced or removed before it is due", async () => {
  await using database = await testDatabase();
  await using part = await openPart(database.url, [recorded], quick);
  const chore = (number: number) => ({ thing: "a", number });
  await part.transaction(async (tx) => {
    await tx.schedule("later", { delayMs: 60_000 }, Chore, chore(1));
    await tx.schedule("later", { delayMs: 100 }, Chore, chore(2));
    await tx.schedule("never", { delayMs: 100 }, Chore, chore(3));
    expect([await tx.unschedule("never"), await tx.unschedule("never")]).toEqual([true, false]);
  });
  const lost = part.transaction(async (tx) => {
    await tx.schedule("lost", { delayMs: 100 }, Chore, chore(4));
    throw new Error("no");
  });
  await expect(lost).rejects.toThrow("no");
  await vi.waitFor(async () => expect(await effectsOf(part)).toEqual([2]), waiting);
  expect(await part.open.schedules.list()).toEqual([]);
});

test("a schedule is paused and resumed without making up for what it missed, and cancelled", async () => {
  await using database = await testDatabase();
  await using part = await openPart(database.url, [recorded], quick);
  const { list, pause, resume, cancel } = part.open.schedules;
  await part.transaction((tx) => tx.schedule("hourly", { everyMs: 3_600_000 }, Chore, { thing: "a", number: 1 }));
  await pause("hourly");
  await makeDue(part, 1_000);
  await part.transaction((tx) => tx.schedule("marker", { delayMs: 100 }, Chore, { thing: "b", number: 1 }));
  await vi.waitFor(async () => expect(await effectsOf(part, "b")).toEqual([1]), waiting);
  expect(await list()).toMatchObject([{ name: "hourly", isPaused: true }]);
  await resume("hourly");
  const [resumed] = await list();
  expect(resumed).toMatchObject({ isPaused: false });
  expect(resumed?.nextAt.getTime()).toBeGreaterThan(Date.now());
  expect(await effectsOf(part)).toEqual([]);
  await cancel("hourly");
  expect(await list()).toEqual([]);
  await expect(cancel("hourly")).rejects.toMatchObject({ code: "NOT_FOUND" });
});

test("a schedule that fails does not hold up others, and one for a customer is done for them", async () => {
  await using database = await testDatabase();
  const principals: unknown[] = [];
  const asked = job(Chore, async (_, { principal }: Context) => void principals.push(principal));
  await using part = await openPart(database.url, [asked], quick);
  const customer = { kind: "customer", id: randomUUID() } as const;
  await part.store.transaction(async (tx) => {
    const { tx: own } = part.open.extend(tx, { principal: customer, trace: part.trace });
    // The service has no handler of it any more.
    await own.schedule("gone", { delayMs: 1 }, { ...Chore, typeName: "test.v1.Gone" }, { thing: "a", number: 1 });
    await own.schedule("asked", { delayMs: 100 }, Chore, { thing: "a", number: 1 });
  });
  await vi.waitFor(() => expect(principals).toEqual([customer]), waiting);
  expect(part.logged).toContainEqual(
    expect.objectContaining({ msg: "a schedule failed; trying again", schedule: "gone" }),
  );
});

const chore = { thing: "a", number: 1 };
const hourly = (name: string, cron = "0 * * * *") => schedule(name, { cron }, Chore, chore);

test("a start keeps a schedule whose time is the same, and changes one whose time differs", async () => {
  await using database = await testDatabase();
  const first = await openPart(database.url, [recorded], { ...quick, schedules: [hourly("a"), hourly("b")] });
  await first.open.schedules.pause("a");
  await first.transaction((tx) => tx.schedule("own", { everyMs: 3_600_000 }, Chore, chore));
  const before = await first.open.schedules.list();
  await first[Symbol.asyncDispose]();
  const changed = { ...quick, schedules: [hourly("a"), hourly("b", "0 0 1 1 *")] };
  await using second = await openPart(database.url, [recorded], changed);
  const after = await second.open.schedules.list();
  expect(after.map(({ name }) => name)).toEqual(["a", "b", "own"]);
  expect(after[0]).toEqual(before[0]);
  expect(after[1]?.nextAt).not.toEqual(before[1]?.nextAt);
  expect(after[2]).toEqual(before[2]);
});

test("processes of two versions each start what they list, and a rollback finds its schedules paused as they were", async () => {
  await using database = await testDatabase();
  const thing = (name: string) => schedule(name, { cron: "0 0 1 1 *" }, Chore, { thing: name, number: 1 });
  const versionOne = () => openPart(database.url, [recorded], { ...quick, schedules: [thing("both"), thing("one")] });
  const names = async (part: Part) => (await part.open.schedules.list()).map(({ name }) => name);
  const one = await versionOne();
  await using two = await openPart(database.url, [recorded], { ...quick, schedules: [thing("both"), thing("two")] });
  for (const name of ["one", "two", "both"]) {
    await makeDue(one, 1_000, name);
    await vi.waitFor(async () => expect(await effectsOf(one, name)).toEqual([1]), waiting);
  }
  expect(await names(two)).toEqual(["both", "one", "two"]);
  await one.open.schedules.pause("one");
  await one[Symbol.asyncDispose]();
  await vi.waitFor(async () => expect(await names(two)).toEqual(["both", "two"]), waiting);
  await two.open.schedules.resume("one");
  await makeDue(two, 1_000, "one");
  await makeDue(two, 1_000, "both");
  await vi.waitFor(async () => expect(await effectsOf(two, "both")).toEqual([1, 1]), waiting);
  expect(await effectsOf(two, "one")).toEqual([1]);
  await two.open.schedules.pause("one");
  await using back = await versionOne();
  expect(await back.open.schedules.list()).toMatchObject([{ name: "both" }, { name: "one", isPaused: true }, {}]);
});

test("of two versions of a schedule, that of the last start has the say until its process ends", async () => {
  await using database = await testDatabase();
  const open = (cron: string) => openPart(database.url, [recorded], { ...quick, schedules: [hourly("a", cron)] });
  await using lasting = await open("0 0 1 1 *");
  const restarted = await open("0 0 2 2 *");
  const timing = async () => (await lasting.open.schedules.list())[0]?.timing;
  await lasting.open.schedules.pause("a");
  expect(await timing()).toMatchObject({ cron: "0 0 2 2 *" });
  await restarted[Symbol.asyncDispose]();
  await vi.waitFor(async () => expect(await timing()).toMatchObject({ cron: "0 0 1 1 *" }), waiting);
  expect(await lasting.open.schedules.list()).toMatchObject([{ isPaused: true }]);
});

test("a schedule that no process has listed for a day is removed, and one that was cancelled does not come back", async () => {
  await using database = await testDatabase();
  await using part = await openPart(database.url, [recorded], { ...quick, schedules: [hourly("kept"), hourly("cut")] });
  const dayAgo = { listedAt: new Date(Date.now() - 86_401_000), listedBy: "another process" };
  await part.open.schedules.cancel("cut");
  const row = { ...(await part.store.db.select().from(schedules))[0], ...dayAgo, name: "gone" };
  await part.store.db.insert(schedules).values(row as typeof schedules.$inferInsert);
  const stored = async () => (await part.store.db.select().from(schedules)).map(({ name }) => name);
  expect(await stored()).toContain("gone");
  await vi.waitFor(async () => expect(await stored()).toEqual(["kept"]), waiting);
});
