// Events on their whole way in one process: from a transaction over the outbox, NATS and the inbox to a handler.
import { randomUUID } from "node:crypto";
import { createHistogram } from "node:perf_hooks";
import { setTimeout as pause } from "node:timers/promises";
import { OrderConfirmed } from "@mesh/contracts/orders/v1";
import { on, openEvents } from "@mesh/events";
import { newTrace } from "@mesh/runtime";
import { sql } from "drizzle-orm";
import * as schema from "../../shared/events/fixtures/service/src/schema.ts";

/** The transactions that are under way, at most. If they are slower than the rate, fewer begin. */
const maxInFlight = 256;

/** The events of one insert into the outbox. */
const chunk = 10_000;

const { stream, subject } = OrderConfirmed;
const ids = { orderId: randomUUID(), paymentId: randomUUID(), customerId: randomUUID() };
const newEvent = () => ({ ...ids, orderId: randomUUID() });

/** Publishes an event in each transaction, at a rate. The times are those from the commit to the start of the handler. */
export async function measureLatency(parts, { count, perSecond }) {
  const [times, committedAt] = [createHistogram(), new Map()];
  const handled = counter();
  const events = openFlow(parts, async ({ orderId }) => {
    const elapsed = performance.now() - (committedAt.get(orderId) ?? performance.now());
    committedAt.delete(orderId);
    times.record(Math.max(1, Math.round(elapsed * 1e6)));
    handled.add();
  });
  await pace(count, perSecond, async () => {
    const event = newEvent();
    await events.transaction(newSender(), (tx) => tx.publish(OrderConfirmed, event));
    committedAt.set(event.orderId, performance.now());
  });
  await handled.reaches(count);
  await events.close();
  return { calls: count, times };
}

/** Publishes at a rate, and handles each event with the inbox and one row. Returns the memory in between. */
export async function soak(parts, { seconds, perSecond, perTransaction }) {
  const count = Math.ceil((seconds * perSecond) / perTransaction) * perTransaction;
  const { events, handled, startedAt } = openWriting(parts);
  const memory = watchMemory(count, handled);
  await pace(count / perTransaction, perSecond / perTransaction, () =>
    events.transaction(newSender(), async (tx) => {
      for (let at = 0; at < perTransaction; at++) await tx.publish(OrderConfirmed, newEvent());
    }),
  );
  return finish({ events, handled, memory, count, startedAt });
}

/** Sends and handles what waits in the outbox. Returns the memory in between. */
export async function drainBacklog(parts, { count }) {
  for (let left = count; left > 0; left -= chunk) {
    const payloads = Array.from({ length: Math.min(chunk, left) }, () => OrderConfirmed.encode(newEvent()));
    await parts.store.db.execute(sql`
      insert into outbox (stream, subject, key, headers, payload)
      select ${stream}, ${subject}, gen_random_uuid()::text, '{}', payload
      from unnest(${sql.param(payloads)}::bytea[]) payload`);
  }
  const flow = openWriting(parts);
  return finish({ ...flow, memory: watchMemory(count, flow.handled), count });
}

function openWriting(parts) {
  const handled = counter();
  const events = openFlow(parts, async ({ orderId: thing }, { tx }) => {
    await tx.insert(schema.effects).values({ thing, number: 1 });
    handled.add();
  });
  return { events, handled, startedAt: performance.now() };
}

async function finish({ events, handled, memory, count, startedAt }) {
  await handled.reaches(count);
  const ms = performance.now() - startedAt;
  const rss = memory();
  await events.close();
  return { count, rss, ms };
}

function openFlow({ bus, store, log }, handler) {
  const consumers = [on(OrderConfirmed, handler)];
  const streams = { maxBytes: 4 * 1024 ** 3 };
  return openEvents({ bus, store, service: `bench_${randomUUID().slice(0, 8)}`, consumers, log, streams });
}

const newSender = () => ({ principal: undefined, trace: newTrace() });

/** Begins work at a rate, and waits for all of it. */
async function pace(count, perSecond, work) {
  const [startedAt, running] = [performance.now(), new Set()];
  for (let begun = 0; begun < count; await pause(2)) {
    const due = Math.min(count, ((performance.now() - startedAt) * perSecond) / 1_000);
    for (; begun < due && running.size < maxInFlight; begun++) {
      const one = work().finally(() => running.delete(one));
      running.add(one);
    }
  }
  await Promise.all(running);
}

function counter() {
  let value = 0;
  return {
    add: () => {
      value++;
    },
    value: () => value,
    reaches: async (count) => {
      while (value < count) await pause(5);
    },
  };
}

/** Reads the memory after a tenth of the events, a half, and all, in MB, and the most of all readings. */
function watchMemory(count, handled) {
  const rss = { start: 0, middle: 0, end: 0, most: 0 };
  const look = () => {
    const now = process.memoryUsage.rss() / 1024 ** 2;
    rss.most = Math.max(rss.most, now);
    if (handled.value() >= count / 10) rss.start ||= now;
    if (handled.value() >= count / 2) rss.middle ||= now;
    rss.end = now;
  };
  const timer = setInterval(look, 100);
  return () => {
    clearInterval(timer);
    look();
    return rss;
  };
}
