import { MeshError } from "@mesh/contracts";
import { asc, eq } from "drizzle-orm";
import { describe, expect, test, vi } from "vitest";
import { Happened } from "../../fixtures/happened.ts";
import {
  type Context,
  effectsOf,
  nobody,
  numbers,
  openPart,
  type Part,
  parkedEvents,
  publish,
  record,
} from "../../fixtures/part.ts";
import { openServers } from "../../fixtures/servers.ts";
import { openStreams } from "../../fixtures/streams.ts";
import { on } from "../index.ts";

const waiting = { timeout: 30_000 };
const isFailing = eq(parkedEvents.state, "failing");
const unavailable = new MeshError({ code: "UNAVAILABLE", message: "catalog is away" });

test("hundreds of events that fail do not delay others", async () => {
  const handler = async (event: Happened, context: Context) => {
    if (event.note === "fail") throw new Error("not yet");
    await record(event, context);
  };
  await using opened = await openServers();
  const options = { consumers: [on(Happened, handler)], retryDelaysMs: [3_600_000] };
  await using part = await openPart(opened.servers, options);
  await part.events.transaction(nobody, async (tx) => {
    for (const number of numbers(300)) await tx.publish(Happened, { thing: `failing ${number}`, number, note: "fail" });
    for (const number of numbers(20)) await tx.publish(Happened, { thing: "a", number });
  });
  await vi.waitFor(async () => expect(await effectsOf(part)).toEqual(numbers(20)), waiting);
  await vi.waitFor(async () => expect(await part.store.db.$count(parkedEvents)).toBe(300), waiting);
});

describe("events of a key whose event waits for another attempt", () => {
  const failOnce = () => {
    let isFirst = true;
    return async (event: Happened, context: Context) => {
      if (event.number === 0 && isFirst) {
        isFirst = false;
        throw new Error("not yet");
      }
      await record(event, context);
    };
  };

  test("wait for it, also in another process, and others do not", async () => {
    await using opened = await openServers();
    await using part = await openPart(opened.servers, {
      consumers: [on(Happened, failOnce())],
      retryDelaysMs: [3_600_000],
    });
    await publish(part, "a", [0, 1, 2]);
    await publish(part, "b", [1]);
    await vi.waitFor(async () => expect(await effectsOf(part, "b")).toEqual([1]), waiting);
    await vi.waitFor(async () => expect(await statesOf(part)).toEqual(["failing", "behind", "behind"]), waiting);
    await part.events.drain();

    await using next = await openPart(opened.servers, { consumers: [on(Happened, record)] });
    await publish(part, "a", [3]);
    await vi.waitFor(async () => expect(await statesOf(part)).toHaveLength(4), waiting);
    expect(await effectsOf(next)).toEqual([]);
    await next.store.db.update(parkedEvents).set({ nextAttemptAt: new Date() }).where(isFailing);
    await next.events.drain();

    await using last = await openPart(opened.servers, { consumers: [on(Happened, record)] });
    await vi.waitFor(async () => expect(await effectsOf(last)).toEqual([0, 1, 2, 3]), waiting);
    await vi.waitFor(async () => expect(await statesOf(last)).toEqual([]), waiting);
    await publish(last, "a", [4]);
    await vi.waitFor(async () => expect(await effectsOf(last)).toEqual([0, 1, 2, 3, 4]), waiting);
  });

  test("go on when it is dead-lettered", async () => {
    const handler = async (event: Happened, context: Context) => {
      if (event.number === 0) throw new Error("never");
      await record(event, context);
    };
    await using opened = await openServers();
    await using part = await openPart(opened.servers, { consumers: [on(Happened, handler)], retryDelaysMs: [100] });
    await publish(part, "a", [0, 1, 2]);
    await vi.waitFor(async () => expect(await effectsOf(part)).toEqual([1, 2]), waiting);
    await vi.waitFor(async () => expect(await statesOf(part)).toEqual(["dead"]), waiting);
  });

  test("pass it if the consumer has no order", async () => {
    await using opened = await openServers();
    await using part = await openPart(opened.servers, {
      consumers: [on(Happened, failOnce(), { isOrdered: false })],
      retryDelaysMs: [1_000],
    });
    await publish(part, "a", [0, 1, 2]);
    await vi.waitFor(async () => expect(await effectsOf(part)).toEqual([1, 2, 0]), waiting);
    await vi.waitFor(async () => expect(await statesOf(part)).toEqual([]), waiting);
  });
});

test("restarts use up no attempt", async () => {
  await using opened = await openServers();
  const attempts: number[] = [];
  const hang = async (_: Happened, { signal }: Context) => {
    attempts.push(0);
    await new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  };
  await using publisher = await openPart(opened.servers);
  await publish(publisher, "a", [1]);
  for (const restart of numbers(5)) {
    const part = await openPart(opened.servers, { consumers: [on(Happened, hang)], drainMs: 10 });
    await vi.waitFor(() => expect(attempts).toHaveLength(restart + 1), waiting);
    await part[Symbol.asyncDispose]();
  }
  const fail = async () => {
    throw new Error("not yet");
  };
  await using part = await openPart(opened.servers, { consumers: [on(Happened, fail)], retryDelaysMs: [3_600_000] });
  const failed = () => part.logged.filter(({ msg }) => msg === "an event failed; retrying");
  await vi.waitFor(() => expect(failed()).toMatchObject([{ attempt: 1, retryAfterMs: 3_600_000 }]), waiting);
  expect(await part.store.db.select({ failures: parkedEvents.failures }).from(parkedEvents)).toEqual([{ failures: 1 }]);
});

test("an event waits for an upstream for longer than all retries", async () => {
  let isAway = true;
  let attempts = 0;
  const handler = async (event: Happened, context: Context) => {
    attempts += 1;
    if (isAway) throw unavailable;
    await record(event, context);
  };
  await using opened = await openServers();
  await using part = await openPart(opened.servers, { consumers: [on(Happened, handler)], retryDelaysMs: [10, 10] });
  await publish(part, "a", [1, 2]);
  await vi.waitFor(() => expect(attempts).toBeGreaterThan(10), waiting);
  await vi.waitFor(async () => expect(await statesOf(part)).toEqual(["upstream", "behind"]), waiting);
  isAway = false;
  await vi.waitFor(async () => expect(await effectsOf(part)).toEqual([1, 2]), waiting);
  await using streams = await openStreams(opened.servers.nats);
  expect(await streams.deadLetters()).toEqual([]);
});

/** Returns the states of the parked events, in the order in which they were parked. */
async function statesOf({ store }: Part): Promise<string[]> {
  const rows = await store.db.select().from(parkedEvents).orderBy(asc(parkedEvents.position));
  return rows.map(({ state }) => state);
}
