import { testDatabase } from "@mesh/testing";
import { expect, test } from "vitest";
import { gate } from "../../fixtures/gate.ts";
import { effectsOf, openPart, record } from "../../fixtures/part.ts";
import { chooseHolder } from "./choose.ts";
import { Lease, LeaseLost } from "./lease.ts";
import { leasesOf, releaseLease, takeLease } from "./lease-rows.ts";

const nowhere = "nats://127.0.0.1:1";
const consumer = "part_test_v1_happened";
const happened = { thing: "a", number: 1, note: "" };

test("no transaction of an earlier holder commits once another process has its lease, not even one that is open", async () => {
  await using database = await testDatabase();
  await using part = await openPart({ nats: nowhere, database: database.url });
  const { store } = part;
  const [first, second] = [crypto.randomUUID(), crypto.randomUUID()];
  const earlier = await leaseOf(first, 0);
  const { opened: released, open } = gate();
  const started = gate();
  const hanging = store.transaction(
    async (tx) => {
      await record(happened, { tx: tx as never });
      started.open();
      await released;
    },
    undefined,
    earlier.opening,
  );
  hanging.catch(() => {});
  await started.opened;
  const later = await leaseOf(second, 1);
  open();
  await expect(hanging).rejects.toThrow();
  expect(await effectsOf(part)).toEqual([]);

  const write = (lease: Lease) =>
    store.transaction((tx) => record(happened, { tx: tx as never }), undefined, lease.opening);
  await expect(write(earlier)).rejects.toThrow(LeaseLost);
  expect(earlier.lost.aborted).toBe(true);
  expect(await effectsOf(part)).toEqual([]);
  await write(later);
  expect(await effectsOf(part)).toEqual([1]);

  async function leaseOf(process: string, epoch: number): Promise<Lease> {
    const terms = await takeLease(store, process, { consumer, epoch });
    if (!terms) throw new Error("another process was faster");
    return new Lease(terms);
  }
});

test("one of several processes takes a lease, and gets the place of the holder before", async () => {
  await using database = await testDatabase();
  await using part = await openPart({ nats: nowhere, database: database.url });
  const { store } = part;
  const take = (epoch: number) => takeLease(store, crypto.randomUUID(), { consumer, epoch });
  const taken = (await Promise.all([take(0), take(0), take(0)])).filter((terms) => terms !== undefined);
  expect(taken).toMatchObject([{ epoch: 1, position: 0, crashes: 0 }]);
  const [terms] = taken;
  if (!terms) throw new Error("none was taken");
  await releaseLease(store, new Lease(terms), { stream: "now", position: 7, settled: [9, 12] });
  expect(await leasesOf(store, [consumer])).toEqual([{ consumer, holder: null, epoch: 1 }]);
  expect(await take(1)).toMatchObject({ epoch: 2, stream: "now", position: 7, settled: [9, 12], crashes: 0 });
  expect(await take(2)).toMatchObject({ epoch: 3, crashes: 1 });
});

test("processes share consumers, and one that leaves changes only its own", () => {
  const consumers = Array.from({ length: 300 }, (_, index) => `consumer_${index}`);
  const processes = ["a", "b", "c"].map((id) => ({ id, consumers }));
  const holders = consumers.map((name) => chooseHolder(name, processes));
  for (const id of ["a", "b", "c"]) expect(holders.filter((holder) => holder === id).length).toBeGreaterThan(60);
  const without = consumers.map((name) => chooseHolder(name, processes.slice(1)));
  expect(without.filter((holder, index) => holder !== holders[index])).toHaveLength(
    holders.filter((holder) => holder === "a").length,
  );
  expect(chooseHolder("other", processes)).toBeUndefined();
});
