import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FragileServer } from "@mesh/testing";
import { inArray } from "drizzle-orm";
import { expect, onTestFinished, test, vi } from "vitest";
import { Happened } from "../fixtures/happened.ts";
import { effectsOf, inbox, numbers, openPart, outbox, type Part, publish, record, unsent } from "../fixtures/part.ts";
import { openServers } from "../fixtures/servers.ts";
import { openStreams } from "../fixtures/streams.ts";
import { on } from "./index.ts";

const waiting = { timeout: 30_000, interval: 50 };
const options = { consumers: [on(Happened, record)], streamCheckMs: 100, leaseTtlMs: 1_000 };

/** Copies the data of a server, which it loses later. Returns a function that puts the copy in place of what is newer. */
async function backUp(nats: FragileServer): Promise<() => Promise<void>> {
  const copy = await mkdtemp(join(tmpdir(), "mesh-test-copy-"));
  onTestFinished(() => rm(copy, { recursive: true, force: true }));
  await nats.stop();
  await cp(nats.dir, copy, { recursive: true });
  await nats.restart();
  return async () => {
    await nats.stop();
    await rm(nats.dir, { recursive: true });
    await cp(copy, nats.dir, { recursive: true });
    await nats.restart();
  };
}

async function numbersIn(url: string): Promise<number[]> {
  await using streams = await openStreams(url);
  return (await streams.read()).map((message) => message.json<Happened>().number);
}

async function expectSent(part: Part): Promise<void> {
  await vi.waitFor(async () => expect(await unsent(part)).toBe(0), waiting);
}

async function expectEffects(part: Part, expected: readonly number[]): Promise<void> {
  await vi.waitFor(async () => expect((await effectsOf(part)).length).toBeGreaterThanOrEqual(expected.length), waiting);
  await expectSent(part);
  expect(await effectsOf(part)).toEqual(expected);
}

const reports = (part: Part) => part.logged.filter(({ again }) => again !== undefined);
const from = (start: number, count: number) => numbers(count).map((number) => start + number);

test("what a stream has lost is sent again in order, before later events, and has no second effect", async () => {
  await using opened = await openServers();
  await using part = await openPart(opened.servers, options);
  await publish(part, "a", numbers(10));
  await expectEffects(part, numbers(10));
  const restore = await backUp(opened.nats);
  await publish(part, "a", from(10, 20));
  await expectEffects(part, numbers(30));
  const restoring = restore();
  await publish(part, "a", from(30, 10));
  await restoring;
  await expectEffects(part, numbers(40));
  expect(await numbersIn(opened.servers.nats)).toEqual(numbers(40));
  expect(reports(part)).toMatchObject([{ level: 50, stream: "test_v1", after: 10 }]);
  expect(part.health.warnings()).toEqual({});
});

test("what was lost while its service did not run is sent again when it starts", async () => {
  await using opened = await openServers();
  {
    await using part = await openPart(opened.servers, options);
    await publish(part, "a", [0]);
    await expectEffects(part, [0]);
  }
  const restore = await backUp(opened.nats);
  {
    await using part = await openPart(opened.servers);
    await publish(part, "a", from(1, 3));
    await expectSent(part);
  }
  await restore();
  await using part = await openPart(opened.servers, options);
  await expectEffects(part, numbers(4));
  expect(await numbersIn(opened.servers.nats)).toEqual(numbers(4));
});

test("a consumer that was away gets the events that have the sequences of lost ones", async () => {
  await using opened = await openServers();
  await using publisher = await openPart(opened.servers, { streamCheckMs: 100 });
  await publish(publisher, "a", numbers(10));
  await expectSent(publisher);
  const restore = await backUp(opened.nats);
  {
    await using part = await openPart(opened.servers, options);
    await publish(publisher, "a", from(10, 20));
    await expectEffects(part, numbers(30));
  }
  // As if these had been sent long ago.
  const rows = await publisher.store.db.select().from(outbox);
  const old = rows.filter(({ payload }) => [10, 11, 12, 13, 14].includes(Happened.decode(payload).number));
  const ids = old.map(({ id }) => id);
  await publisher.store.db.delete(outbox).where(inArray(outbox.id, ids));
  await restore();
  await publish(publisher, "a", from(30, 20));
  await expectSent(publisher);
  expect(await numbersIn(opened.servers.nats)).toEqual([...numbers(10), ...from(15, 35)]);
  await using part = await openPart(opened.servers, options);
  await expectEffects(part, numbers(50));
});

test("a stream that is deleted is filled again in order, by its publisher", async () => {
  await using opened = await openServers();
  await using part = await openPart(opened.servers, options);
  await using streams = await openStreams(opened.servers.nats);
  await publish(part, "a", numbers(10));
  await expectEffects(part, numbers(10));
  await (await streams.connection.jetstreamManager()).streams.delete("test_v1");
  await publish(part, "a", from(10, 10));
  await expectEffects(part, numbers(20));
  expect(await numbersIn(opened.servers.nats)).toEqual(numbers(20));
});

test("a stream that is deleted is filled again also if nothing is published", async () => {
  await using opened = await openServers();
  await using part = await openPart(opened.servers, options);
  await using streams = await openStreams(opened.servers.nats);
  await publish(part, "a", numbers(3));
  await expectEffects(part, numbers(3));
  await part.store.db.delete(inbox);
  await (await streams.connection.jetstreamManager()).streams.delete("test_v1");
  await expectEffects(part, [...numbers(3), ...numbers(3)]);
});

test.each([1, 10])("events at sequences that were used before show that others are lost: %i of them", async (count) => {
  await using opened = await openServers();
  await using part = await openPart(opened.servers, { ...options, streamCheckMs: 600_000 });
  await using streams = await openStreams(opened.servers.nats);
  await publish(part, "a", numbers(5));
  await expectEffects(part, numbers(5));
  const manager = await streams.connection.jetstreamManager();
  const { config } = await manager.streams.info("test_v1");
  await manager.streams.delete("test_v1");
  await manager.streams.add(config);
  await publish(part, "a", from(5, count));
  await vi.waitFor(() => expect(reports(part)).toMatchObject([{ stream: "test_v1", after: 0, again: 5 }]), waiting);
  await expectEffects(part, numbers(5 + count));
  const sent = await numbersIn(opened.servers.nats);
  expect(sent.toSorted((one, other) => one - other)).toEqual(numbers(5 + count));
});
