import { expect, test, vi } from "vitest";
import { gate } from "../fixtures/gate.ts";
import { Happened } from "../fixtures/happened.ts";
import { type Context, effectsOf, numbers, openPart, publish, record, unsent } from "../fixtures/part.ts";
import { openServers } from "../fixtures/servers.ts";
import { openStreams } from "../fixtures/streams.ts";
import { on } from "./index.ts";
import { durableOf } from "./open-events.ts";

const waiting = { timeout: 15_000 };
const consumers = [on(Happened, record)];

test("a service is ready without NATS, reports what does not work, and catches up", async () => {
  await using opened = await openServers();
  await opened.nats.stop();
  await using part = await openPart(opened.servers, { consumers });
  expect(part.health.ready()).toBe(true);
  expect(part.health.warnings()).toEqual({
    events: "NATS can't be reached; part_test_v1_happened has not started yet",
  });
  await publish(part, "a", [1]);
  await opened.nats.restart();
  await vi.waitFor(async () => expect(await effectsOf(part)).toEqual([1]), waiting);
  await expect.poll(() => part.health.warnings()).toEqual({});
});

test("a service that started without NATS can be closed immediately", async () => {
  await using opened = await openServers();
  await opened.nats.stop();
  const part = await openPart(opened.servers, { consumers });
  await part[Symbol.asyncDispose]();
});

test("lost streams and consumers are created again", async () => {
  await using opened = await openServers();
  await using part = await openPart(opened.servers, { consumers });
  await publish(part, "a", [1]);
  await vi.waitFor(async () => expect(await effectsOf(part)).toEqual([1]), waiting);
  await using streams = await openStreams(opened.servers.nats);
  const manager = await streams.connection.jetstreamManager();
  await manager.streams.delete("test_v1");
  await publish(part, "a", [2]);
  await vi.waitFor(async () => expect(await effectsOf(part)).toEqual([1, 2]), waiting);
});

test("a new consumer receives earlier events", async () => {
  await using opened = await openServers();
  await using part = await openPart(opened.servers);
  await publish(part, "a", [1]);
  await vi.waitFor(async () => expect(await unsent(part)).toBe(0), waiting);
  await using later = await openPart(opened.servers, { consumers });
  await vi.waitFor(async () => expect(await effectsOf(later)).toEqual([1]), waiting);
});

test("several processes can start at the same time, and share the events", async () => {
  await using opened = await openServers();
  const [one, other] = await Promise.all([1, 2].map(() => openPart(opened.servers, { consumers })));
  await using first = one;
  await using second = other;
  if (!first || !second) throw new Error("two were opened");
  await Promise.all([publish(first, "a", numbers(30)), publish(second, "b", numbers(30))]);
  await vi.waitFor(async () => {
    expect((await effectsOf(first)).length + (await effectsOf(first, "b")).length).toBe(60);
  }, waiting);
});

test("closing waits for running handlers, and returns the events queued behind them immediately", async () => {
  const { opened: released, open } = gate();
  const called: number[] = [];
  const handler = async (event: Happened, context: Context) => {
    called.push(event.number);
    await released;
    await record(event, context);
  };
  await using opened = await openServers();
  const part = await openPart(opened.servers, { consumers: [on(Happened, handler)] });
  await publish(part, "a", [1, 2, 3]);
  await vi.waitFor(async () => expect([await unsettledAt(opened.servers.nats), called]).toEqual([3, [1]]), waiting);
  const closing = part[Symbol.asyncDispose]();
  open();
  await closing;

  await using next = await openPart(opened.servers, { consumers });
  await vi.waitFor(async () => expect((await effectsOf(next)).sort()).toEqual([1, 2, 3]), 5_000);
  expect(called).toEqual([1]);
});

test("closing abandons handlers that do not end", async () => {
  let isCalled = false;
  const handler = async () => {
    isCalled = true;
    await new Promise(() => {});
  };
  await using opened = await openServers();
  const stuck = { consumers: [on(Happened, handler)], handlerTimeoutMs: 3_600_000 };
  const part = await openPart(opened.servers, { ...stuck, drainMs: 50 });
  await publish(part, "a", [1]);
  await vi.waitFor(() => expect(isCalled).toBe(true), waiting);
  await part[Symbol.asyncDispose]();
  await using next = await openPart(opened.servers, { consumers });
  await vi.waitFor(async () => expect(await effectsOf(next)).toEqual([1]), 5_000);
});

/** How many events were delivered and not settled. */
async function unsettledAt(url: string): Promise<number> {
  await using streams = await openStreams(url);
  const manager = await streams.connection.jetstreamManager();
  return (await manager.consumers.info("test_v1", durableOf("part", Happened.subject))).num_ack_pending;
}
