import { testNats, testPostgres } from "@mesh/testing";
import { describe, expect, test, vi } from "vitest";
import { Happened } from "../fixtures/happened.ts";
import { effectsOf, nobody, numbers, openPart, outbox, type Part, publish, record, unsent } from "../fixtures/part.ts";
import { openServers } from "../fixtures/servers.ts";
import { spawnChild } from "../fixtures/spawn-child.ts";
import { openStreams } from "../fixtures/streams.ts";
import { on } from "./index.ts";
import { durableOf } from "./open-events.ts";
import { createAddPublish } from "./transaction.ts";

const waiting = { timeout: 60_000 };
const addPublish = createAddPublish();
const consumers = [on(Happened, record)];

describe("no event is lost and none has its effect twice", { timeout: 240_000 }, () => {
  test("while NATS is killed under load", async () => {
    await using opened = await openServers();
    await using part = await openPart(opened.servers, { consumers });
    const publishing = publish(part, "a", numbers(400));
    for (const seen of [50, 100]) {
      await vi.waitFor(async () => expect((await effectsOf(part)).length).toBeGreaterThan(seen), waiting);
      await opened.nats.kill();
      await opened.nats.restart();
    }
    await publishing;
    await expectOnce(part, numbers(400));
    await using streams = await openStreams(opened.servers.nats);
    expect(await streams.deadLetters()).toEqual([]);
  });

  test("while PostgreSQL is killed under load", async () => {
    await using nats = await testNats();
    await using postgres = await testPostgres();
    const options = { consumers, retryDelaysMs: [] };
    await using part = await openPart({ nats: nats.url, database: postgres.url }, options);
    const publishing = publishForSure(part, 300);
    for (const seen of [50, 100]) {
      await vi.waitFor(async () => expect((await effectsOf(part)).length).toBeGreaterThan(seen), waiting);
      await postgres.kill();
      await postgres.restart();
    }
    await publishing;
    await expectOnce(part, numbers(300));
    await using streams = await openStreams(nats.url);
    expect(await streams.deadLetters()).toEqual([]);
  });

  test("while the process that handles and relays is killed under load", async () => {
    await using opened = await openServers();
    await using part = await openPart(opened.servers, { pollMs: 3_600_000 });
    let child = await spawnChild("consume", opened.servers);
    const publishing = leaveInOutbox(part, 400);
    for (const seen of [40, 100, 160]) {
      await vi.waitFor(async () => expect((await effectsOf(part)).length).toBeGreaterThan(seen), waiting);
      await child.kill();
      child = await spawnChild("consume", opened.servers);
    }
    await publishing;
    await expectOnce(part, numbers(400));
    await child.kill();
  });

  test("while a process is killed between its commit and the relay", async () => {
    await using opened = await openServers();
    await (await spawnChild("commit", opened.servers)).exited;
    await using streams = await openStreams(opened.servers.nats);
    expect(await streams.read()).toEqual([]);
    await using part = await openPart(opened.servers, { consumers });
    await expectOnce(part, [1]);
  });
});

/** Each effect is there, and stays the only one once every event is settled. */
async function expectOnce(part: Part, expected: number[]): Promise<void> {
  const sorted = async () => (await effectsOf(part)).sort((one, other) => one - other);
  await vi.waitFor(async () => expect(await sorted()).toEqual(expected), waiting);
  await vi.waitFor(async () => expect([await unsent(part), await unsettled(part)]).toEqual([0, 0]), waiting);
  expect(await sorted()).toEqual(expected);
}

async function unsettled({ bus }: Part): Promise<number | undefined> {
  const manager = await bus.current()?.jetstreamManager();
  const info = await manager?.consumers.info("test_v1", durableOf("part", Happened.subject));
  return info && info.num_pending + info.num_ack_pending;
}

/** Publishes, and tries again where the database was lost: but not what was committed before it was. */
async function publishForSure(part: Part, count: number): Promise<void> {
  const isStored = async (number: number) => {
    const rows = await part.store.db.select({ payload: outbox.payload }).from(outbox);
    return rows.some(({ payload }) => Happened.decode(payload).number === number);
  };
  for (const number of numbers(count)) {
    await publish(part, "a", [number]).catch(async (error: unknown) => {
      expect(error).toMatchObject({ code: "UNAVAILABLE" });
      const wasStored = await vi.waitFor(() => isStored(number), waiting);
      if (!wasStored) await publish(part, "a", [number]);
    });
  }
}

/** Commits events over some seconds, and leaves it to another process to send them. */
async function leaveInOutbox({ store }: Part, count: number): Promise<void> {
  for (const number of numbers(count)) {
    await store.transaction((tx) => addPublish(tx, nobody).publish(Happened, { thing: "a", number }));
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
