import { setTimeout as sleep } from "node:timers/promises";
import { expect, test, vi } from "vitest";
import { gate } from "../fixtures/gate.ts";
import { Happened } from "../fixtures/happened.ts";
import { type Context, effectsOf, numbers, openPart, publish, record } from "../fixtures/part.ts";
import { openServers } from "../fixtures/servers.ts";
import { openStreams } from "../fixtures/streams.ts";
import { on } from "./index.ts";

test("a handler that rejects after its time is up ends nothing else: its event is handled by the next attempt", async () => {
  const [late, rejected] = [gate(), gate()];
  let calls = 0;
  const handler = async (event: Happened, context: Context) => {
    await record(event, context);
    calls += 1;
    if (calls > 1) return;
    await late.opened;
    setImmediate(rejected.open);
    throw new Error("too late");
  };
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => void unhandled.push(reason);
  process.on("unhandledRejection", note);
  await using opened = await openServers();
  const options = { consumers: [on(Happened, handler)], retryDelaysMs: [10], handlerTimeoutMs: 500 };
  await using part = await openPart(opened.servers, options);
  await publish(part, "a", numbers(3));
  await vi.waitFor(async () => expect(await effectsOf(part)).toEqual(numbers(3)));
  late.open();
  await rejected.opened;
  await publish(part, "a", [3]);
  await vi.waitFor(async () => expect(await effectsOf(part)).toEqual(numbers(4)));
  process.off("unhandledRejection", note);
  expect([calls, unhandled]).toEqual([5, []]);
  expect(part.logged).toContainEqual(expect.objectContaining({ msg: "an event failed; retrying", attempt: 1 }));
});

test("a handler that blocks its process for longer than its lease loses nothing, and has its effect once", async () => {
  const leaseTtlMs = 1_000;
  let blocks = 0;
  const handler = async (event: Happened, context: Context) => {
    await record(event, context);
    if (event.number !== 2 || blocks > 0) return;
    blocks += 1;
    const until = performance.now() + 4 * leaseTtlMs;
    while (performance.now() < until);
  };
  await using opened = await openServers();
  await using part = await openPart(opened.servers, { consumers: [on(Happened, handler)], leaseTtlMs });
  await publish(part, "a", numbers(10));
  await vi.waitFor(async () => expect(await effectsOf(part)).toHaveLength(10));
  await publish(part, "a", [10]);
  await vi.waitFor(async () => expect(await effectsOf(part)).toEqual(numbers(11)));
  expect(blocks).toBe(1);
  await using streams = await openStreams(opened.servers.nats);
  expect(await streams.deadLetters()).toEqual([]);
});

test("closing does not wait for a NATS that never responds, nor for a handler that hangs, and loses no event", async () => {
  await using opened = await openServers();
  const began = gate();
  const hang = async () => {
    began.open();
    await sleep(600_000, undefined, { ref: false });
  };
  const part = await openPart(opened.servers, { consumers: [on(Happened, hang)], drainMs: 500 });
  await publish(part, "a", [0]);
  await began.opened;
  opened.nats.freeze();
  await publish(part, "a", numbers(20).slice(1));
  const startedAt = performance.now();
  await part[Symbol.asyncDispose]();
  const tookMs = performance.now() - startedAt;
  opened.nats.thaw();
  // 0.5 s for handlers and 0.5 s for their end, 1.5 s for the outbox, 1 s for the bus, and 0.5 s for its client.
  expect(tookMs).toBeLessThan(10_000);
  await using next = await openPart(opened.servers, { consumers: [on(Happened, record)] });
  await vi.waitFor(async () => expect(await effectsOf(next)).toEqual(numbers(20)));
});
