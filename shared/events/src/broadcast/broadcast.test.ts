import { type Bus, connectBus } from "@mesh/events";
import { createLogger } from "@mesh/runtime";
import { testNats } from "@mesh/testing";
import { connect, headers, type NatsConnection } from "nats";
import { expect, onTestFinished, test, vi } from "vitest";
import { openBroadcast } from "./broadcast.ts";

const event = { typeName: "test.v1.Happened", subject: "test.v1.happened", stream: "test_v1", service: "test" };
const log = createLogger({ name: "test", level: "silent" });

/** A NATS with the stream of the event. */
async function openNats() {
  const nats = await testNats();
  onTestFinished(() => nats[Symbol.asyncDispose]());
  const connection = await connect({ servers: nats.url, maxReconnectAttempts: -1, reconnectTimeWait: 100 });
  onTestFinished(() => connection.close());
  return { nats, connection };
}

async function addStream(connection: NatsConnection) {
  const manager = await connection.jetstreamManager();
  await manager.streams.add({ name: "test_v1", subjects: ["test.v1.*"] });
  return manager;
}

async function publish(connection: NatsConnection, key: string, subject = event.subject) {
  const named = headers();
  named.set("mesh-key", encodeURIComponent(key));
  await connection.jetstream().publish(subject, key, { headers: named, timeout: 20_000 });
}

/** A process that gets the event, with what it got: keys, and whether the event is live. */
function openProcess(url: string, process = "shop") {
  const bus: Bus = connectBus({ url, name: process, log });
  const got: (string | boolean)[] = [];
  const sequences: number[] = [];
  const broadcast = openBroadcast({
    bus,
    process,
    events: [event],
    onEvent: ({ key, sequence }) => {
      got.push(key);
      sequences.push(sequence);
    },
    onState: (_, isLive) => got.push(isLive),
    log,
  });
  onTestFinished(async () => {
    await broadcast.close();
    await bus.close();
  });
  return { got, sequences, broadcast };
}

const soon = { timeout: 60_000 };

test("every process gets each event that is published from then on, and no other", async () => {
  const { nats, connection } = await openNats();
  await addStream(connection);
  await publish(connection, "before");
  const processes = [openProcess(nats.url), openProcess(nats.url), openProcess(nats.url, "gateway")];
  for (const { got } of processes) await vi.waitFor(() => expect(got).toEqual([true]), soon);
  await publish(connection, "other", "test.v1.other");
  for (const key of ["ä\n1", "2", "3"]) await publish(connection, key);
  for (const { got, sequences } of processes) {
    await vi.waitFor(() => expect(got).toEqual([true, "ä\n1", "2", "3"]), soon);
    expect(sequences).toEqual([3, 4, 5]);
  }
  const late = openProcess(nats.url);
  await vi.waitFor(() => expect(late.got).toEqual([true]), soon);
  await publish(connection, "4");
  for (const { got } of [...processes, late]) await vi.waitFor(() => expect(got.at(-1)).toBe("4"), soon);
  const { consumers } = await (await connection.jetstreamManager()).streams
    .info("test_v1")
    .then(({ state }) => ({ consumers: state.consumer_count }));
  expect(consumers).toBe(2);
  await processes[0]?.broadcast.close();
  expect(processes[0]?.got.at(-1)).toBe(false);
});

test("it waits for NATS and for the stream, and reports each time that events may have been missed", async () => {
  const { nats, connection } = await openNats();
  const { got } = openProcess(nats.url);
  await addStream(connection);
  await vi.waitFor(() => expect(got).toEqual([true]), soon);
  await nats.kill();
  await vi.waitFor(() => expect(got).toEqual([true, false]), soon);
  await nats.restart();
  await vi.waitFor(() => expect(got).toEqual([true, false, true]), soon);
  await publish(connection, "1");
  await vi.waitFor(() => expect(got).toEqual([true, false, true, "1"]), soon);
});

test("it goes on with another consumer, and with another stream, after the old one was lost", async () => {
  const { nats, connection } = await openNats();
  const manager = await addStream(connection);
  const { got } = openProcess(nats.url);
  await vi.waitFor(() => expect(got).toEqual([true]), soon);
  await publish(connection, "1");
  await vi.waitFor(() => expect(got).toEqual([true, "1"]), soon);
  await manager.consumers.delete("test_v1", "shop_live_test_v1_happened");
  // It notices that the heartbeats end.
  await vi.waitFor(() => expect(got).toEqual([true, "1", false, true]), soon);
  await manager.streams.delete("test_v1");
  await addStream(connection);
  await vi.waitFor(() => expect(got.slice(4)).toEqual([false, true]), soon);
  await publish(connection, "2");
  await vi.waitFor(() => expect(got.at(-1)).toBe("2"), soon);
});

test("it notices an event that did not arrive", async () => {
  const { nats, connection } = await openNats();
  await addStream(connection);
  const { got } = openProcess(nats.url);
  await vi.waitFor(() => expect(got).toEqual([true]), soon);
  // A heartbeat says that NATS has sent an event.
  const heartbeat = headers(100, "Idle Heartbeat");
  heartbeat.set("Nats-Last-Consumer", "1");
  connection.publish("mesh.live.shop.test.v1.happened", "", { headers: heartbeat });
  await vi.waitFor(() => expect(got).toEqual([true, false, true]), soon);
});
