import { MeshError } from "@mesh/contracts";
import { newTrace, type TraceContext } from "@mesh/runtime";
import { testSignatures } from "@mesh/testing/service";
import { describe, expect, test, vi } from "vitest";
import { Happened, Noted } from "../fixtures/happened.ts";
import { type Context, effectsOf, inbox, numbers, openPart, publish, record } from "../fixtures/part.ts";
import { openServers } from "../fixtures/servers.ts";
import { openStreams } from "../fixtures/streams.ts";
import { on } from "./index.ts";
import { durableOf } from "./open-events.ts";

const waiting = { timeout: 10_000 };

describe("an event", () => {
  test("has its effect once, however often it comes", async () => {
    await using opened = await openServers();
    await using streams = await openStreams(opened.servers.nats);
    await using part = await openPart(opened.servers, { consumers: [on(Happened, record)] });
    await expect.poll(() => part.health.warnings()).toEqual({});
    const manager = await streams.connection.jetstreamManager();
    // So that NATS takes the same id again, as it does after ten minutes.
    await vi.waitFor(() => manager.streams.update("test_v1", { duplicate_window: 100_000_000 }));
    const put = () => streams.put("test.v1.happened", '{"thing":"a","number":1}', "the-id");
    for (const _ of numbers(3)) await vi.waitFor(async () => expect(await put()).toBe(true), waiting);
    await publish(part, "a", [2]);
    await vi.waitFor(async () => expect(await effectsOf(part)).toEqual([1, 2]), waiting);
    expect(await streams.read()).toHaveLength(4);
    expect(await part.store.db.$count(inbox)).toBe(2);
  });

  test("is handled for whom it is, within its trace, and so is what it leads to", async () => {
    const seen: { principal: unknown; trace: TraceContext; key: string; subject: string }[] = [];
    const consumers = [
      on(Happened, async ({ thing, number }, { tx, principal, trace, key, subject }: Context) => {
        seen.push({ principal, trace, key, subject });
        await tx.publish(Noted, { thing, number });
      }),
      on(Noted, async (_, { principal, trace, key, subject }: Context) => {
        seen.push({ principal, trace, key, subject });
      }),
    ];
    await using opened = await openServers();
    await using part = await openPart(opened.servers, { consumers, signatures: await testSignatures("test") });
    const sender = { principal: { kind: "customer", id: "0190" } as const, trace: newTrace() };
    await part.events.transaction(sender, (tx) => tx.publish(Happened, { thing: "a", number: 1 }));
    await vi.waitFor(() => expect(seen).toHaveLength(2), waiting);
    const expected = { principal: sender.principal, key: "a", trace: { traceId: sender.trace.traceId } };
    expect(seen).toMatchObject([
      { ...expected, subject: "test.v1.happened" },
      { ...expected, subject: "test.v1.noted" },
    ]);
  });

  test("that fails is tried again, without the effects of the try before", async () => {
    let calls = 0;
    const handler = async (event: Happened, context: Context) => {
      await record({ ...event, number: ++calls }, context);
      if (calls < 3) throw new MeshError({ code: "UNAVAILABLE", message: "a peer is away" });
    };
    await using opened = await openServers();
    await using part = await openPart(opened.servers, { consumers: [on(Happened, handler)], retryDelaysMs: [10, 10] });
    await publish(part, "a", [0]);
    await vi.waitFor(async () => expect(await effectsOf(part)).toEqual([3]), waiting);
    await using streams = await openStreams(opened.servers.nats);
    expect(await streams.deadLetters()).toEqual([]);
  });

  test("whose handler takes too long fails, and its signal aborts", async () => {
    const reasons: unknown[] = [];
    const handler = async (event: Happened, context: Context) => {
      await record(event, context);
      if (reasons.length > 0) return;
      context.signal.addEventListener("abort", () => reasons.push(context.signal.reason));
      await new Promise(() => {});
    };
    await using opened = await openServers();
    const options = { consumers: [on(Happened, handler)], retryDelaysMs: [10], handlerTimeoutMs: 1_000 };
    await using part = await openPart(opened.servers, options);
    await publish(part, "a", [1]);
    await vi.waitFor(async () => expect(await effectsOf(part)).toEqual([1]), waiting);
    expect(reasons).toMatchObject([{ code: "DEADLINE_EXCEEDED" }]);
  });
});

test("a statement of a handler that takes too long is cancelled, and its transaction has the limit of the handler", async () => {
  const timeouts: unknown[] = [];
  const ends: unknown[] = [];
  const handler = async (event: Happened, { tx }: Context) => {
    timeouts.push((await tx.execute("show statement_timeout")).rows[0]?.statement_timeout);
    await record(event, { tx });
    if (timeouts.length > 1) return;
    await Promise.resolve(tx.execute("select pg_sleep(20)")).catch((error: unknown) => ends.push(error));
  };
  await using opened = await openServers();
  const options = { consumers: [on(Happened, handler)], retryDelaysMs: [10], handlerTimeoutMs: 900 };
  await using part = await openPart(opened.servers, options);
  const startedAt = Date.now();
  await publish(part, "a", [1]);
  await vi.waitFor(async () => expect(await effectsOf(part)).toEqual([1]), waiting);
  expect(ends).toMatchObject([{ code: "DEADLINE_EXCEEDED" }]);
  // The statement timeout of the pool is 10 s.
  expect(Date.now() - startedAt).toBeLessThan(9_000);
  expect(timeouts.map((timeout) => /^\d{1,3}ms$/.test(`${timeout}`))).toEqual([true, true]);
});

test("NATS does not redeliver an event that is being handled, or one that waits for it", async () => {
  const ackWaitMs = 1_000;
  const handler = async (event: Happened, context: Context) => {
    if (event.number === 1) await new Promise((resolve) => setTimeout(resolve, 2.5 * ackWaitMs));
    await record(event, context);
  };
  await using opened = await openServers();
  await using part = await openPart(opened.servers, { consumers: [on(Happened, handler)] });
  await publish(part, "a", [1, 2]);
  await vi.waitFor(async () => expect(await effectsOf(part)).toEqual([1, 2]), waiting);
  const manager = await part.bus.current()?.jetstreamManager();
  const info = await manager?.consumers.info("test_v1", durableOf("part", Happened.subject));
  expect(info?.delivered.consumer_seq).toBe(2);
});

test("an event has one consumer in a service", async () => {
  await using opened = await openServers();
  const consumers = [on(Happened, record), on(Happened, record)];
  await expect(openPart(opened.servers, { consumers })).rejects.toThrow("test.v1.happened has two consumers");
});
