// The process that publishes or consumes events.
import { randomUUID } from "node:crypto";
import { createHistogram } from "node:perf_hooks";
import { setTimeout as pause } from "node:timers/promises";
import { OrderConfirmed } from "@mesh/contracts/orders/v1";
import { connectBus, on, openEvents } from "@mesh/events";
import { createLogger } from "@mesh/runtime";
import { openStore } from "@mesh/store";
import { isNull, sql } from "drizzle-orm";
import { connect } from "nats";
import * as schema from "../../shared/events/fixtures/service/src/schema.ts";
import { BusStreamWriter } from "../../shared/events/src/stream-writer.ts";
import { Streams } from "../../shared/events/src/streams.ts";
import { answer, options } from "./child.mjs";
import { measured } from "./client.mjs";
import { driveUnary } from "./drive.mjs";
import { drainBacklog, measureLatency, soak } from "./event-flow.mjs";

/** The events of a round for each second that it should take. */
const eventsPerSecond = 4_000;

/** The events that are published a second to measure their latency. */
const latencyPerSecond = 1_000;

/** The events that a relay reads from the outbox together. */
const batchSize = 100;

const { stream, subject } = OrderConfirmed;
const ids = { orderId: randomUUID(), paymentId: randomUUID(), customerId: randomUUID() };
const payloads = () => OrderConfirmed.encode({ ...ids, orderId: randomUUID() });
const log = createLogger({ name: "bench", level: "warn", pretty: false, destination: process.stderr });

let connection;
let manager;
let bus;
let store;
let writer;

export function run() {
  answer({
    async connect() {
      bus = connectBus({ url: options.natsUrl, name: "bench", log });
      connection = await connect({ servers: options.natsUrl });
      manager = await connection.jetstreamManager();
      const { databaseUrl: url, migrations } = options;
      store = await openStore({ url, schema, migrations: new URL(migrations), log });
      writer = new BusStreamWriter(bus, new Streams({}, log));
      while (!bus.current()) await pause(10);
      await fill(1);
    },
    publish: (load) => measured(() => publishers[options.name](load)),
    async consume(load) {
      const count = countOf(load);
      await keep(count);
      return measured(() => consumers[options.name](count, load));
    },
    async latency(load) {
      await manager.streams.purge(stream);
      const count = load.calls ?? Math.ceil(load.seconds * latencyPerSecond);
      return measured(() => measureLatency({ bus, store, log }, { count, perSecond: latencyPerSecond }));
    },
    soak: (load) => measuredMemory(() => soak({ bus, store, log }, load)),
    backlog: (load) => measuredMemory(() => drainBacklog({ bus, store, log }, load)),
  });
  process.send({ result: "ready" });
}

/** Each returns the events that were published, and the times: of a publish, of a batch, or until an event was sent. */
const publishers = {
  nats(load) {
    const client = connection.jetstream();
    return driveUnary(() => client.publish(subject, payloads(), { msgID: randomUUID() }), load);
  },
  "typemesh-nats": async (load) => {
    const calls = load.calls && Math.ceil(load.calls / batchSize);
    const { times } = await driveUnary(() => writer.writeBatch(messages(batchSize)), { ...load, calls, inFlight: 1 });
    return { calls: times.count * batchSize, times };
  },
  async typemesh(load) {
    const events = openEvents({ bus, store, service: "bench", log });
    const count = countOf(load);
    await store.db.execute(sql`
      insert into outbox (stream, subject, key, headers, payload)
      select ${stream}, ${subject}, gen_random_uuid()::text, '{}', ${payloads()} from generate_series(1, ${count})`);
    const times = await follow(
      count,
      async () => count - (await store.db.$count(schema.outbox, isNull(schema.outbox.sentAt))),
    );
    await events.close();
    return { calls: count, times };
  },
};

/** Each consumes what is in the stream, and returns the times until an event was handled. */
const consumers = {
  async nats(count) {
    const durable_name = `bench_${randomUUID().slice(0, 8)}`;
    await manager.consumers.add(stream, { durable_name, ack_policy: "explicit" });
    const consumer = await connection.jetstream().consumers.get(stream, durable_name);
    let handled = 0;
    const arriving = await consumer.consume({
      max_messages: 256,
      callback: (message) => {
        OrderConfirmed.decode(message.data);
        message.ack();
        handled++;
      },
    });
    const times = await follow(count, () => handled);
    await arriving.close();
    await manager.consumers.delete(stream, durable_name);
    return { calls: count, times };
  },
  "typemesh-nats": (count) => consume(count, { consumerMiddleware: () => [] }, async () => {}),
  typemesh: (count) =>
    consume(count, {}, async ({ orderId: thing }, { tx }) => {
      await tx.insert(schema.effects).values({ thing, number: 1 });
    }),
};

async function consume(count, with_, handler) {
  let handled = 0;
  const consumer = on(OrderConfirmed, async (event, context) => {
    await handler(event, context);
    handled++;
  });
  const service = `bench_${randomUUID().slice(0, 8)}`;
  const events = openEvents({ bus, store, service, consumers: [consumer], log, ...with_ });
  const times = await follow(count, () => handled);
  await events.close();
  return { calls: count, times };
}

/** Adds the duration in milliseconds and this process's CPU time in microseconds. */
async function measuredMemory(run) {
  await manager.streams.purge(stream);
  const before = process.cpuUsage();
  const { count, rss, ms } = await run();
  const { user, system } = process.cpuUsage(before);
  return { events: count, rss, ms, cpu: user + system };
}

/** Waits until a number of events is done. Returns when each was, since the beginning, in nanoseconds. */
async function follow(count, done) {
  const [times, startedAt] = [createHistogram(), performance.now()];
  for (let seen = 0; seen < count; await pause(5)) {
    const now = await done();
    const elapsed = Math.max(1, Math.round((performance.now() - startedAt) * 1e6));
    for (; seen < now; seen++) times.record(elapsed);
  }
  return times;
}

/** Has a number of events in the stream. Each round consumes the same ones. */
async function keep(count) {
  const { state } = await manager.streams.info(stream);
  if (state.messages === count) return;
  await manager.streams.purge(stream);
  await fill(count);
}

async function fill(count) {
  for (let left = count; left > 0; left -= batchSize) {
    const batch = messages(Math.min(batchSize, left));
    const stored = await writer.writeBatch(batch);
    for (const message of batch.slice(stored)) await writer.write(message.id, message);
  }
}

function messages(count) {
  return Array.from({ length: count }, () => ({ id: randomUUID(), stream, subject, headers: {}, payload: payloads() }));
}

function countOf({ calls, seconds }) {
  return calls ?? Math.ceil(seconds * eventsPerSecond);
}
