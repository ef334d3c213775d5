import { headers as createHeaders, createInbox, type StreamConfig } from "nats";
import { expect, test } from "vitest";
import { numbers } from "../fixtures/part.ts";
import { openServers } from "../fixtures/servers.ts";
import { openStreams } from "../fixtures/streams.ts";
import { type BatchMessage, storeBatch } from "./fast-batch.ts";

const many = 1_000;

test("the messages of a batch are stored in their order, also those that are stored already", async () => {
  await using opened = await openStream({ allow_batched: true });
  const { connection, texts } = opened;
  const messages = numbers(many).map((number) => messageOf(String(number)));
  expect(await storeBatch(connection, createInbox(), messages.slice(0, 10))).toEqual({
    stored: 10,
    last: 10,
    isSupported: true,
  });
  expect(await storeBatch(connection, createInbox(), messages)).toEqual({
    stored: many,
    last: many,
    isSupported: true,
  });
  expect(await texts()).toEqual(numbers(many).map(String));
});

test.each([
  ["in the middle", [1, 1, 1, 1_000, 1], 3],
  ["at the end", [1, 1, 1_000], 2],
  ["at the beginning", [1_000, 1, 1], 0],
] as const)("a batch ends at a message that NATS rejects %s", async (_, sizes, stored) => {
  await using opened = await openStream({ allow_batched: true, max_msg_size: 500 });
  const { connection, texts } = opened;
  const messages = sizes.map((size, number) => messageOf(`${number}`.padEnd(size)));
  expect(await storeBatch(connection, createInbox(), messages)).toMatchObject({ stored, isSupported: true });
  expect(await texts()).toEqual(numbers(stored).map(String));
});

test("a stream that takes no batches stores none", async () => {
  await using opened = await openStream({});
  const messages = ["a", "b", "c"].map(messageOf);
  expect(await storeBatch(opened.connection, createInbox(), messages)).toEqual({
    stored: 0,
    last: 0,
    isSupported: false,
  });
  expect(await opened.texts()).toEqual([]);
});

test("a batch for a stream that is missing stores nothing, and does not wait", async () => {
  await using opened = await openStream({ allow_batched: true });
  const manager = await opened.connection.jetstreamManager();
  await manager.streams.delete("test_v1");
  const messages = ["a", "b", "c"].map(messageOf);
  const storing = storeBatch(opened.connection, createInbox(), messages);
  expect(await storing).toEqual({ stored: 0, last: 0, isSupported: true });
});

test("a batch whose responses do not arrive fails", async () => {
  await using opened = await openStream({ allow_batched: true });
  const { connection } = opened;
  const silent = Object.assign(Object.create(connection), { publish: () => {} });
  await expect(storeBatch(silent, createInbox(), ["a", "b"].map(messageOf))).rejects.toThrow("does not respond");
});

function messageOf(text: string): BatchMessage {
  const headers = createHeaders();
  headers.set("Nats-Msg-Id", text);
  return { subject: "test.v1.happened", headers, payload: Buffer.from(text) };
}

async function openStream(config: object) {
  const opened = await openServers();
  const streams = await openStreams(opened.servers.nats);
  const { connection } = streams;
  const manager = await connection.jetstreamManager();
  const common: Partial<StreamConfig> = { name: "test_v1", subjects: ["test.v1.*"] };
  await manager.streams.add({ ...common, ...config });
  return {
    connection,
    texts: async () => (await streams.read()).map((message) => message.string()),
    async [Symbol.asyncDispose]() {
      await streams[Symbol.asyncDispose]();
      await opened[Symbol.asyncDispose]();
    },
  };
}
