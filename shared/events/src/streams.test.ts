import { DiscardPolicy, type NatsConnection, RetentionPolicy, StorageType, type StreamConfig } from "nats";
import { expect, test } from "vitest";
import { Happened } from "../fixtures/happened.ts";
import { numbers, openPart, type Part, publish, record, unsent } from "../fixtures/part.ts";
import { openServers } from "../fixtures/servers.ts";
import { openStreams } from "../fixtures/streams.ts";
import { on } from "./index.ts";

const gibibyte = 1024 ** 3;
const dayNs = 24 * 60 * 60 * 1e9;

async function limitsOf(connection: NatsConnection, name = "test_v1") {
  const manager = await connection.jetstreamManager();
  const { max_bytes, max_age, max_msg_size, num_replicas, duplicate_window } = (await manager.streams.info(name))
    .config;
  return { max_bytes, max_age, max_msg_size, num_replicas, duplicate_window };
}

async function addStream(connection: NatsConnection, config: Partial<StreamConfig>): Promise<void> {
  const manager = await connection.jetstreamManager();
  await manager.streams.add({ name: "test_v1", subjects: ["test.v1.*"], ...config });
}

const window = { duplicate_window: 600e9 };

test("a new stream has the limits of the settings, or defaults that last for a week of several events a second", async () => {
  await using opened = await openServers();
  await using streams = await openStreams(opened.servers.nats);
  const defaults = { max_bytes: gibibyte, max_age: 7 * dayNs, max_msg_size: -1, num_replicas: 1, ...window };
  for (const [limits, expected] of [
    [{}, defaults],
    [
      { maxBytes: 5_000, maxAgeMs: 60_000, maxMessageBytes: 2_000 },
      { ...defaults, max_bytes: 5_000, max_age: 60e9, max_msg_size: 2_000, duplicate_window: 60e9 },
    ],
  ] as const) {
    await using part = await openPart(opened.servers, { streams: limits });
    await publish(part, "a", [1]);
    await expect.poll(() => unsent(part)).toBe(0);
    expect(await limitsOf(streams.connection)).toEqual(expected);
    await (await streams.connection.jetstreamManager()).streams.delete("test_v1");
  }
});

test("an existing stream gets the limits of the settings, also if its publisher has nothing to send", async () => {
  await using opened = await openServers();
  await using streams = await openStreams(opened.servers.nats);
  await addStream(streams.connection, { max_bytes: 2_000, max_age: dayNs, duplicate_window: 120e9 });
  const limits = { maxBytes: 9_000, maxAgeMs: 60_000, maxMessageBytes: 3_000 };
  await using part = await openPart(opened.servers, { service: "test", streams: limits });
  const expected = { max_bytes: 9_000, max_age: 60e9, max_msg_size: 3_000, num_replicas: 1, duplicate_window: 60e9 };
  await expect.poll(() => limitsOf(streams.connection)).toEqual(expected);
  const change = expect.objectContaining({ msg: "changed the limits of a stream", stream: "test_v1" });
  await expect.poll(() => part.logged).toContainEqual(change);
});

test("defaults raise the limits of an existing stream, and lower none that an operator raised", async () => {
  await using opened = await openServers();
  await using streams = await openStreams(opened.servers.nats);
  await addStream(streams.connection, { max_bytes: 256 * 1024 * 1024, max_age: 30 * dayNs });
  await using _ = await openPart(opened.servers, { service: "test" });
  await expect.poll(() => limitsOf(streams.connection)).toMatchObject({ max_bytes: gibibyte, max_age: 30 * dayNs });
});

test("limits that NATS rejects are logged once, and leave an existing stream as it is", async () => {
  await using opened = await openServers();
  await using streams = await openStreams(opened.servers.nats);
  await addStream(streams.connection, { max_bytes: 2_000 });
  // More than the disk space that the server of a test may reserve.
  await using part = await openPart(opened.servers, {
    service: "test",
    streams: { maxBytes: 2e15 },
    streamCheckMs: 10,
  });
  const rejected = () => part.logged.filter(({ msg }) => String(msg).startsWith("a stream keeps its limits"));
  await expect
    .poll(rejected)
    .toMatchObject([{ level: 40, stream: "test_v1", reason: expect.stringContaining("storage") }]);
  await publish(part, "a", [1]);
  await expect.poll(() => unsent(part)).toBe(0);
  expect([await limitsOf(streams.connection), rejected().length]).toMatchObject([{ max_bytes: 2_000 }, 1]);
});

test("a server without a cluster keeps what it stores, whatever the number of replicas", async () => {
  await using opened = await openServers();
  const read = async () => {
    await using streams = await openStreams(opened.servers.nats);
    return (await streams.read()).length;
  };
  const oneReplica = async (part: Part) => {
    await using streams = await openStreams(opened.servers.nats);
    await publish(part, "a", [1]);
    await expect.poll(() => unsent(part)).toBe(0);
    expect(await limitsOf(streams.connection)).toMatchObject({ max_bytes: gibibyte, num_replicas: 1 });
  };
  const warned = (part: Part) => part.logged.filter(({ level, stream }) => level === 40 && stream === "test_v1");
  const reason = expect.stringContaining("non-clustered");
  {
    await using part = await openPart(opened.servers, { service: "test", streams: { defaultReplicas: 3 } });
    await oneReplica(part);
    expect(warned(part)).toMatchObject([{ num_replicas: 1, reason }]);
  }
  await opened.nats.restart();
  expect(await read()).toBe(1);
  {
    await using part = await openPart(opened.servers, {
      service: "test",
      streams: { replicas: 3 },
      streamCheckMs: 10,
    });
    await oneReplica(part);
    await expect.poll(() => warned(part)).toMatchObject([{ num_replicas: 3, reason }]);
  }
  // NATS accepts more replicas for a stream that exists, and has lost the stream after its next start.
  await using streams = await openStreams(opened.servers.nats);
  const { streams: manager } = await streams.connection.jetstreamManager();
  await manager.update("test_v1", { num_replicas: 3 });
  {
    await using part = await openPart(opened.servers, { streams: { defaultReplicas: 3 } });
    await oneReplica(part);
    expect(warned(part)).toEqual([]);
  }
  await opened.nats.restart();
  expect(await read()).toBe(3);
});

test("a server that has less space than the default gets streams without a size", async () => {
  await using opened = await openServers();
  await using streams = await openStreams(opened.servers.nats);
  // The server of a test may reserve 1 TiB.
  await addStream(streams.connection, { name: "other", subjects: ["other"], max_bytes: 1024 ** 4 - 1_000_000 });
  await using part = await openPart(opened.servers, { service: "test", streams: { defaultReplicas: 3 } });
  await publish(part, "a", [1]);
  await expect.poll(() => unsent(part)).toBe(0);
  expect(await limitsOf(streams.connection)).toMatchObject({ max_bytes: -1, num_replicas: 1 });
  const warned = part.logged.filter(({ level, stream }) => level === 40 && stream === "test_v1");
  expect(warned.map(({ reason }) => reason).sort()).toEqual([
    expect.stringContaining("storage"),
    expect.stringContaining("non-clustered"),
  ]);
});

test.each([
  [{ replicas: 3 }, "replicas > 1 not supported in non-clustered mode"],
  [{ maxBytes: 2e15 }, "insufficient storage resources available"],
])("a stream is not created with other limits than those of the settings: %o", async (streams, reason) => {
  await using opened = await openServers();
  const consumers = [on(Happened, record)];
  await using part = await openPart(opened.servers, { consumers, streams });
  await publish(part, "a", [1]);
  const waiting = { msg: "events wait in the outbox: NATS did not store them", stream: "test_v1", reason };
  await expect.poll(() => part.logged).toContainEqual(expect.objectContaining(waiting));
  await expect.poll(() => part.health.warnings().events).toBe(`part_test_v1_happened gets no events: ${reason}`);
  expect(await unsent(part)).toBe(1);
});

test("a stream that is 70 % full is reported once, before it rejects events, and again when it has space", async () => {
  await using opened = await openServers();
  await using streams = await openStreams(opened.servers.nats);
  await using part = await openPart(opened.servers, { streams: { maxBytes: 20_000 }, streamCheckMs: 20 });
  const state = async () => (await (await streams.connection.jetstreamManager()).streams.info("test_v1")).state;
  const logged = (start: string) => part.logged.filter(({ msg }) => String(msg).startsWith(start));
  await publish(part, "a", numbers(10));
  await expect.poll(() => unsent(part)).toBe(0);
  expect([logged("a stream fills"), part.health.warnings()]).toEqual([[], {}]);
  for (let number = 10; (await state()).bytes < 15_000; number++) {
    await publish(part, "a", [number]);
    await expect.poll(() => unsent(part)).toBe(0);
  }
  await expect.poll(() => part.health.warnings().events).toMatch(/the stream test_v1 is 7\d % full/);
  expect(logged("a stream fills")).toMatchObject([{ level: 40, stream: "test_v1", maxBytes: 20_000 }]);
  expect(await unsent(part)).toBe(0);

  await (await streams.connection.jetstreamManager()).streams.purge("test_v1");
  await expect.poll(() => part.health.warnings()).toEqual({});
  expect([logged("a stream fills").length, logged("a stream has space again").length]).toEqual([1, 1]);
});

test("a stream that was deleted has no warning any more", async () => {
  await using opened = await openServers();
  await using streams = await openStreams(opened.servers.nats);
  await addStream(streams.connection, { max_bytes: 20_000 });
  for (const _ of numbers(8)) await streams.put("test.v1.happened", "x".repeat(2_000));
  const options = { service: "test", streams: { maxBytes: 20_000 }, streamCheckMs: 20 };
  await using part = await openPart(opened.servers, options);
  await expect.poll(() => part.health.warnings().events).toMatch(/the stream test_v1 is \d+ % full/);
  await (await streams.connection.jetstreamManager()).streams.delete("test_v1");
  await expect.poll(() => part.health.warnings()).toEqual({});
});

test("a stream that is changed by hand is reported, until it is as declared again", async () => {
  await using opened = await openServers();
  await using streams = await openStreams(opened.servers.nats);
  await addStream(streams.connection, { discard: DiscardPolicy.New });
  const limits = { maxBytes: 9_000, maxMessageBytes: 2_000 };
  await using part = await openPart(opened.servers, { service: "test", streams: limits, streamCheckMs: 20 });
  await expect.poll(() => limitsOf(streams.connection)).toMatchObject({ max_msg_size: 2_000 });
  const manager = await streams.connection.jetstreamManager();
  const warnings = () => part.logged.filter(({ msg }) => String(msg).startsWith("a stream is not as"));
  expect([warnings(), part.health.warnings()]).toEqual([[], {}]);

  await manager.streams.update("test_v1", { discard: DiscardPolicy.Old, max_msgs: 5, max_bytes: 8_000 });
  const drift =
    "discard is old instead of new: a full stream deletes events, " +
    "max_msgs is 5 instead of -1: NATS deletes events, max_bytes is 8000 instead of 9000";
  await expect.poll(() => part.health.warnings().events).toBe(`the stream test_v1 is not as declared: ${drift}`);
  expect(warnings()).toMatchObject([{ level: 40, stream: "test_v1", drift }]);
  expect(await limitsOf(streams.connection)).toMatchObject({ max_bytes: 8_000 });

  await manager.streams.update("test_v1", { discard: DiscardPolicy.New, max_msgs: -1, max_bytes: 9_000 });
  await expect.poll(() => part.health.warnings()).toEqual({});
  expect(warnings()).toHaveLength(1);
});

test("a stream that NATS can't change is reported: one in memory, and one that deletes what was handled", async () => {
  await using opened = await openServers();
  await using streams = await openStreams(opened.servers.nats);
  const retention = RetentionPolicy.Workqueue;
  await addStream(streams.connection, { storage: StorageType.Memory, retention, discard: DiscardPolicy.New });
  await using part = await openPart(opened.servers, { service: "test", streamCheckMs: 20 });
  const drift =
    "retention is workqueue instead of limits: events are deleted once they are handled, " +
    "storage is memory instead of file: events are lost when NATS restarts";
  await expect.poll(() => part.health.warnings().events).toBe(`the stream test_v1 is not as declared: ${drift}`);
});
