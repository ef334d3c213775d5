import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "drizzle-orm";
import { expect, onTestFinished, test, vi } from "vitest";
import { gate } from "../../fixtures/gate.ts";
import { Happened } from "../../fixtures/happened.ts";
import {
  type Context,
  effects,
  inbox,
  nobody,
  numbers,
  openPart,
  type Part,
  parkedEvents,
  record,
} from "../../fixtures/part.ts";
import { openServers } from "../../fixtures/servers.ts";
import { openStreams } from "../../fixtures/streams.ts";
import { on } from "../index.ts";
import { ShareSize } from "./share-size.ts";

const waiting = { timeout: 60_000 };
/** Enough that most of them share a transaction, also if the machine is busy. */
const count = 300;
const special = 250;

test("events that wait share transactions, and each has its effect once", async () => {
  await using opened = await openServers();
  await using publisher = await openPart(opened.servers);
  await publishAll(publisher);
  let calls = 0;
  const handler = async (event: Happened, context: Context) => {
    calls += 1;
    await record(event, context);
  };
  await using part = await openPart(opened.servers, { consumers: [on(Happened, handler)] });
  await vi.waitFor(async () => expect(await handled(part)).toEqual(numbers(count)), waiting);
  expect(await transactions(part)).toBeLessThan(count);
  expect(await part.store.db.$count(inbox)).toBe(count);
  // On a busy machine a transaction may take too long, and its events are handled again.
  const callsBefore = calls;

  // The same ids come again, as from a stream that is filled from the outbox.
  await using streams = await openStreams(opened.servers.nats);
  const manager = await streams.connection.jetstreamManager();
  await manager.streams.update("test_v1", { duplicate_window: 100_000_000 });
  const messages = await streams.read();
  await sleep(200);
  for (const { data, headers } of messages) {
    await streams.put(Happened.subject, new TextDecoder().decode(data), headers?.get("Nats-Msg-Id"));
  }
  const { num_pending } = await vi.waitFor(async () => {
    const info = await manager.consumers.info("test_v1", "part_test_v1_happened");
    expect([info.delivered.stream_seq, info.num_ack_pending]).toEqual([2 * count, 0]);
    return info;
  }, waiting);
  expect([num_pending, calls, await part.store.db.$count(effects)]).toEqual([0, callsBefore, count]);
});

test("an event that fails takes back no effect of those that share its transaction", async () => {
  await using opened = await openServers();
  await using publisher = await openPart(opened.servers);
  await publishAll(publisher);
  const handler = async (event: Happened, context: Context) => {
    await record(event, context);
    if (event.number === special) throw new Error("not yet");
  };
  const options = { consumers: [on(Happened, handler)], retryDelaysMs: [3_600_000] };
  await using part = await openPart(opened.servers, options);
  await vi.waitFor(async () => expect(await handled(part)).toEqual(allBut(special)), waiting);
  await vi.waitFor(async () => expect(await part.store.db.$count(parkedEvents)).toBe(1), waiting);
  const [parked] = await part.store.db.select().from(parkedEvents);
  expect(parked).toMatchObject({ key: `${special}`, state: "failing", failures: 1 });
  expect(await part.store.db.$count(inbox)).toBe(count - 1);
});

test("an event that hangs delays those that share its transaction for a second, and runs once at a time", async () => {
  await using opened = await openServers();
  await using publisher = await openPart(opened.servers);
  await publishAll(publisher);
  let running = 0;
  let mostRunning = 0;
  const handler = async (event: Happened, context: Context) => {
    await record(event, context);
    if (event.number !== special) return;
    running += 1;
    mostRunning = Math.max(mostRunning, running);
    // It ignores its signal.
    await sleep(4_000);
    running -= 1;
  };
  await using part = await openPart(opened.servers, { consumers: [on(Happened, handler)] });
  await vi.waitFor(async () => expect(await handled(part)).toEqual(allBut(special)), waiting);
  expect(running).toBe(1);
  await vi.waitFor(async () => expect(await handled(part)).toEqual(numbers(count)), waiting);
  expect(mostRunning).toBe(1);
});

test("an event that waits for a lock delays no others", async () => {
  await using opened = await openServers();
  await using publisher = await openPart(opened.servers);
  await publishAll(publisher);
  const lock = sql`select pg_advisory_xact_lock(7)`;
  const handler = async (event: Happened, context: Context) => {
    await record(event, context);
    if (event.number === special) await context.tx.execute(lock);
  };
  const { opened: released, open } = gate();
  const locked = gate();
  const holding = publisher.store.transaction(async (tx) => {
    await tx.execute(lock);
    locked.open();
    await released;
  });
  await locked.opened;
  await using part = await openPart(opened.servers, { consumers: [on(Happened, handler)] });
  await vi.waitFor(async () => expect(await handled(part)).toEqual(allBut(special)), waiting);
  open();
  await holding;
  await vi.waitFor(async () => expect(await handled(part)).toEqual(numbers(count)), waiting);
});

test("a consumer can have a transaction for each event", async () => {
  await using opened = await openServers();
  await using publisher = await openPart(opened.servers);
  await publishAll(publisher);
  await using part = await openPart(opened.servers, { consumers: [on(Happened, record, { isShared: false })] });
  await vi.waitFor(async () => expect(await handled(part)).toEqual(numbers(count)), waiting);
  expect(await transactions(part)).toBe(count);
});

test("as many events share a transaction as are handled in a short time, and one if they are slow or fail", () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const size = new ShareSize();
  const commit = (handlersMs: number, times = 30) => {
    for (const _ of numbers(times)) size.committed({ handlersMs, count: 1, frameMs: 1 });
  };
  expect(size.current).toBe(1);
  commit(1);
  expect(size.current).toBeGreaterThan(8);
  commit(0.01);
  expect(size.current).toBe(64);
  commit(50);
  expect(size.current).toBe(1);
  commit(1);
  size.pause();
  expect(size.current).toBe(1);
  vi.advanceTimersByTime(1_000);
  expect(size.current).toBeGreaterThan(8);
  size.committed({ handlersMs: 500, count: 8, frameMs: 1 });
  vi.advanceTimersByTime(1_000);
  expect(size.current).toBe(1);
  vi.advanceTimersByTime(1_000);
  expect(size.current).toBeGreaterThan(8);
});

/** Publishes events, each of another thing. */
async function publishAll(part: Part): Promise<void> {
  await part.events.transaction(nobody, async (tx) => {
    for (const number of numbers(count)) await tx.publish(Happened, { thing: `${number}`, number });
  });
}

/** Returns the numbers of the effects. */
async function handled({ store }: Part): Promise<number[]> {
  const rows = await store.db.select({ number: effects.number }).from(effects);
  return rows.map(({ number }) => number).sort((a, b) => a - b);
}

/** Returns the number of transactions that had effects. */
async function transactions({ store }: Part): Promise<unknown> {
  const { rows } = await store.db.execute<{ count: number }>(
    sql`select count(distinct xmin::text)::int as count from ${effects}`,
  );
  return rows[0]?.count;
}

function allBut(one: number): number[] {
  return numbers(count).filter((number) => number !== one);
}
