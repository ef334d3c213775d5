import { eq, sql } from "drizzle-orm";
import { expect, test, vi } from "vitest";
import { Happened } from "../fixtures/happened.ts";
import { effectsOf, inbox, openPart, publish, record, unsent } from "../fixtures/part.ts";
import { openServers } from "../fixtures/servers.ts";
import { openStreams } from "../fixtures/streams.ts";
import { on } from "./index.ts";
import { consumerLeases } from "./tables.ts";

const waiting = { timeout: 20_000 };
const consumers = [on(Happened, record)];

test("a consumer that is rewound handles only what it has not handled", async () => {
  await using opened = await openServers();
  await using part = await openPart(opened.servers, { consumers, leaseTtlMs: 1_000 });
  await publish(part, "a", [1, 2, 3]);
  await vi.waitFor(async () => expect(await effectsOf(part)).toEqual([1, 2, 3]), waiting);
  const second = await messageIdOf(opened.servers.nats, 2);
  await part.store.db.delete(inbox).where(eq(inbox.messageId, second));
  expect(await part.events.operations.rewind("another", 0)).toBe(false);
  expect(await part.events.operations.rewind("part_test_v1_happened", 0)).toBe(true);
  await vi.waitFor(async () => expect(await effectsOf(part)).toEqual([1, 2, 3, 2]), waiting);
  await publish(part, "a", [4]);
  await vi.waitFor(async () => expect(await effectsOf(part)).toEqual([1, 2, 3, 2, 4]), waiting);
});

test("a consumer that loses its lease while it receives goes on with another one", async () => {
  await using opened = await openServers();
  await using part = await openPart(opened.servers, { consumers, leaseTtlMs: 5_000 });
  await vi.waitFor(async () => expect(await part.store.db.select().from(consumerLeases)).toHaveLength(1), waiting);
  await vi.waitFor(async () => expect(await consumersOf(opened.servers.nats)).toBe(1), waiting);
  const epoch = sql`${consumerLeases.epoch} + 1`;
  await part.store.db.update(consumerLeases).set({ epoch });
  await publish(part, "a", [1, 2, 3]);
  await vi.waitFor(async () => expect(await effectsOf(part)).toEqual([1, 2, 3]), waiting);
});

test("a consumer that was away for longer than its stream keeps events reports it, and goes on", async () => {
  await using opened = await openServers();
  await using publisher = await openPart(opened.servers);
  const away = await openPart(opened.servers, { consumers });
  await publish(publisher, "a", [1]);
  await vi.waitFor(async () => expect(await effectsOf(away)).toEqual([1]), waiting);
  await away[Symbol.asyncDispose]();
  await publish(publisher, "a", [2, 3, 4]);
  await vi.waitFor(async () => expect(await unsent(publisher)).toBe(0), waiting);
  await using streams = await openStreams(opened.servers.nats);
  await (await streams.connection.jetstreamManager()).streams.purge("test_v1", { seq: 4 });

  await using part = await openPart(opened.servers, { consumers });
  await vi.waitFor(async () => expect(await effectsOf(part)).toEqual([1, 4]), waiting);
  const reported = part.logged.filter(({ missed }) => missed !== undefined);
  expect(reported).toMatchObject([{ level: 50, consumer: "part_test_v1_happened", missed: 2 }]);
});

/** Returns how many consumers read the stream. */
async function consumersOf(url: string): Promise<number> {
  await using streams = await openStreams(url);
  const { state } = await (await streams.connection.jetstreamManager()).streams.info("test_v1");
  return state.consumer_count;
}

/** Returns the id of a message of the stream. */
async function messageIdOf(url: string, sequence: number): Promise<string> {
  await using streams = await openStreams(url);
  const messages = await streams.read();
  return messages.find(({ seq }) => seq === sequence)?.headers?.get("Nats-Msg-Id") ?? "";
}
