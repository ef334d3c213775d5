import { expect, test, vi } from "vitest";
import { Happened } from "../fixtures/happened.ts";
import { type Context, effectsOf, inbox, nobody, openPart, publish, record } from "../fixtures/part.ts";
import { openServers } from "../fixtures/servers.ts";
import { openStreams } from "../fixtures/streams.ts";
import {
  type ConsumerMiddleware,
  deadLetterFailures,
  handleOnce,
  InvalidEvent,
  limitEventSize,
  on,
  openEvents,
  type PublisherMiddleware,
  validateEvent,
} from "./index.ts";

const waiting = { timeout: 30_000 };

const sendTenant: PublisherMiddleware = async (call, next) => {
  call.headers["x-tenant"] = "acme";
  return next();
};

const readTenant: ConsumerMiddleware<{ tenant: string }> = async (call, next) => {
  const tenant = call.header("x-tenant");
  if (!tenant) throw new InvalidEvent("the header x-tenant is missing");
  return next({ tenant });
};

test("a handler gets what the middleware of its consumer adds, from the header that a publisher adds", async () => {
  const seen: [string, string][] = [];
  const handler = async (event: Happened, { tx, tenant }: Context & { tenant: string }) => {
    await record(event, { tx });
    seen.push([event.thing, tenant]);
  };
  await using opened = await openServers();
  const options = { consumers: [on(Happened, handler)], consumerMiddleware: [readTenant] };
  await using part = await openPart(opened.servers, { ...options, publisherMiddleware: [sendTenant] });
  await part.events.transaction(nobody, (tx) => tx.publish(Happened, { thing: "a", number: 1 }));
  await vi.waitFor(() => expect(seen).toEqual([["a", "acme"]]), waiting);

  await using streams = await openStreams(opened.servers.nats);
  await streams.put("test.v1.happened", '{"thing":"a","number":2}', "no-tenant");
  await vi.waitFor(async () => expect(await streams.deadLetters()).toHaveLength(1), waiting);
  // What failed in the transaction has left nothing in the inbox.
  expect([await effectsOf(part), await part.store.db.$count(inbox)]).toEqual([[1], 1]);
});

/** Only compiled: a handler that needs what no middleware adds is an error. */
export function openWithout(options: Omit<Parameters<typeof openEvents>[0], "consumers">) {
  const consumer = on(Happened, async (_, context: { tenant: string }) => void context.tenant);
  openEvents({ ...options, consumerMiddleware: [readTenant], consumers: [consumer] });
  // @ts-expect-error: no middleware adds the tenant
  openEvents({ ...options, consumers: [consumer] });
}

test("default steps of a consumer can be removed and replaced", async () => {
  const dropped: unknown[] = [];
  const drop: ConsumerMiddleware = async (call, next) => {
    await next().catch((error: unknown) => dropped.push([call.attempt, String(error)]));
  };
  const handler = async ({ number }: Happened) => {
    if (number < 0) throw new Error(`number ${number}`);
  };
  await using opened = await openServers();
  await using part = await openPart(opened.servers, {
    consumers: [on(Happened, handler)],
    consumerMiddleware: (defaults) =>
      defaults
        .filter((step) => step !== validateEvent && step !== handleOnce)
        .map((step) => (step === deadLetterFailures ? drop : step)),
  });
  await expect.poll(() => part.health.warnings()).toEqual({});
  await using streams = await openStreams(opened.servers.nats);
  await streams.put("test.v1.happened", '{"thing":"a","number":-1}');
  await streams.put("test.v1.happened", '{"thing":"a","number":1}');
  await vi.waitFor(async () => expect(await unsettled(streams)).toBe(0), waiting);
  expect(dropped).toEqual([[1, "Error: number -1"]]);
  expect([await streams.deadLetters(), await part.store.db.$count(inbox)]).toEqual([[], 0]);
});

test("an event whose transaction commits as time is up is handled, and no dead letter", async () => {
  let isLate = false;
  const commitLate: ConsumerMiddleware = async (call, next) => {
    await next();
    await new Promise((resolve) => call.context.signal.addEventListener("abort", () => setTimeout(resolve, 50)));
    isLate = true;
  };
  await using opened = await openServers();
  await using part = await openPart(opened.servers, {
    consumers: [on(Happened, record)],
    consumerMiddleware: (defaults) => defaults.flatMap((step) => (step === handleOnce ? [commitLate, step] : [step])),
    retryDelaysMs: [],
    handlerTimeoutMs: 1_000,
  });
  await publish(part, "a", [1]);
  await vi.waitFor(() => expect(isLate).toBe(true), waiting);
  await using streams = await openStreams(opened.servers.nats);
  await vi.waitFor(async () => expect(await unsettled(streams)).toBe(0), waiting);
  expect(await effectsOf(part)).toEqual([1]);
  expect(await streams.deadLetters()).toEqual([]);
});

test("default steps of a publisher can be removed, and one that does not call next publishes nothing", async () => {
  const skipTwo: PublisherMiddleware = async (call, next) => {
    if (Reflect.get(Object(call.message()), "number") !== 2) return next();
  };
  await using opened = await openServers();
  await using part = await openPart(opened.servers, {
    publisherMiddleware: (defaults) => [...defaults.filter((step) => step !== limitEventSize), skipTwo],
  });
  const note = "x".repeat(257 * 1024);
  await part.events.transaction(nobody, async (tx) => {
    for (const number of [1, 2]) await tx.publish(Happened, { thing: "a", number, note });
  });
  await using streams = await openStreams(opened.servers.nats);
  await vi.waitFor(async () => expect(await streams.read()).toHaveLength(1), waiting);
});

async function unsettled({ connection }: Awaited<ReturnType<typeof openStreams>>): Promise<number> {
  const manager = await connection.jetstreamManager();
  const info = await manager.consumers.info("test_v1", "part_test_v1_happened");
  return info.num_ack_pending + info.num_pending;
}
