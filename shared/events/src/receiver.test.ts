import { expect, test, vi } from "vitest";
import { gate } from "../fixtures/gate.ts";
import { Happened } from "../fixtures/happened.ts";
import {
  type Context,
  effects,
  effectsOf,
  nobody,
  numbers,
  openPart,
  publish,
  record,
  unsent,
} from "../fixtures/part.ts";
import { openServers } from "../fixtures/servers.ts";
import { openStreams } from "../fixtures/streams.ts";
import { on } from "./index.ts";

const waiting = { timeout: 25_000 };

test("events of one key are handled in order, one at a time", async () => {
  let running = 0;
  const handler = async (event: Happened, context: Context) => {
    expect(++running).toBe(1);
    await record(event, context);
    running--;
  };
  await using opened = await openServers();
  await using part = await openPart(opened.servers, { consumers: [on(Happened, handler)] });
  await part.events.transaction(nobody, async (tx) => {
    for (const number of numbers(200)) await tx.publish(Happened, { thing: "a", number });
  });
  await vi.waitFor(async () => expect(await effectsOf(part)).toEqual(numbers(200)), waiting);
});

test("an event that takes long does not keep NATS from sending more than its window", async () => {
  const { opened: released, open } = gate();
  const handler = async (event: Happened, context: Context) => {
    if (event.thing === "slow") await released;
    await record(event, context);
  };
  await using opened = await openServers();
  await using part = await openPart(opened.servers, { consumers: [on(Happened, handler)] });
  await publish(part, "slow", [1]);
  await part.events.transaction(nobody, async (tx) => {
    for (const number of numbers(600)) await tx.publish(Happened, { thing: "a", number });
  });
  await vi.waitFor(async () => expect(await effectsOf(part)).toEqual(numbers(600)), waiting);
  expect(await effectsOf(part, "slow")).toEqual([]);
  open();
  await vi.waitFor(async () => expect(await effectsOf(part, "slow")).toEqual([1]), waiting);
});

test("one key does not delay another", async () => {
  const { opened: released, open } = gate();
  const handler = async (event: Happened, context: Context) => {
    if (event.thing === "slow") await released;
    await record(event, context);
  };
  await using opened = await openServers();
  await using part = await openPart(opened.servers, { consumers: [on(Happened, handler)] });
  await publish(part, "slow", [1, 2]);
  await publish(part, "a", [1, 2]);
  await vi.waitFor(async () => expect(await effectsOf(part)).toEqual([1, 2]), waiting);
  expect(await effectsOf(part, "slow")).toEqual([]);
  open();
  await vi.waitFor(async () => expect(await effectsOf(part, "slow")).toEqual([1, 2]), waiting);
});
test("handlers leave half of the database connections to other work", async () => {
  let running = 0;
  const { opened: released, open } = gate();
  const handler = async (event: Happened, context: Context) => {
    running++;
    await released;
    await record(event, context);
  };
  await using opened = await openServers();
  await using part = await openPart(opened.servers, { consumers: [on(Happened, handler)] });
  for (const number of numbers(10)) await publish(part, `${number}`, [number]);
  await vi.waitFor(async () => expect([running, await unsent(part)]).toEqual([5, 0]), waiting);
  open();
  await vi.waitFor(async () => expect(await part.store.db.$count(effects)).toBe(10), waiting);
});

test("an event waits if all database connections are in use", async () => {
  const { opened: released, open } = gate();
  await using opened = await openServers();
  await using publisher = await openPart(opened.servers);
  await using part = await openPart(opened.servers, { consumers: [on(Happened, record)], retryDelaysMs: [] });
  const holding = numbers(10).map(() => part.store.transaction(() => released));
  await publish(publisher, "a", [1]);
  await using streams = await openStreams(opened.servers.nats);
  await vi.waitFor(async () => expect(await streams.read()).toHaveLength(1), waiting);
  await expect(part.store.ready()).rejects.toMatchObject({ code: "RESOURCE_EXHAUSTED" });
  await expect(part.store.ready()).rejects.toMatchObject({ code: "RESOURCE_EXHAUSTED" });
  open();
  await Promise.all(holding);
  await vi.waitFor(async () => expect(await effectsOf(part)).toEqual([1]), waiting);
});
