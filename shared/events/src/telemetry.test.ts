import { MeshError } from "@mesh/contracts";
import { newTrace } from "@mesh/runtime";
import { recordTelemetry } from "@mesh/testing/telemetry";
import { SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-node";
import { expect, test, vi } from "vitest";
import { Happened } from "../fixtures/happened.ts";
import { type Context, openPart, type Part, record, unsent } from "../fixtures/part.ts";
import { openServers } from "../fixtures/servers.ts";
import { InvalidEvent, on } from "./index.ts";

const waiting = { timeout: 20_000 };
const published = "publish test.v1.happened";
const processed = "process test.v1.happened";
const durable = "part_test_v1_happened";

/** The span of a sender that is recorded. */
function startSender() {
  const span = trace.getTracer("test").startSpan("sender");
  const { traceId, spanId } = span.spanContext();
  return { principal: undefined, trace: { traceId, spanId, sampled: true, span } };
}

const send = (part: Part, sender = startSender()) =>
  part.events.transaction(sender, (tx) => tx.publish(Happened, { thing: "secret", number: 1 }));

test("an event has a span at its publisher, and a child of it at its consumer", async () => {
  const recorded = recordTelemetry();
  const active: (string | undefined)[] = [];
  const logged: Record<string, unknown>[] = [];
  const consumer = on(Happened, async (event, context: Context) => {
    active.push(trace.getActiveSpan()?.spanContext().traceId);
    context.log.info("handled");
    await record(event, context);
  });
  await using opened = await openServers();
  await using part = await openPart(opened.servers, { consumers: [consumer] });
  const sender = startSender();
  const id = await send(part, sender);
  const spansOf = (name: string) => recorded.spans().filter((span) => span.name === name);
  await vi.waitFor(() => expect(spansOf(processed)).toHaveLength(1), waiting);
  const [producer] = spansOf(published);
  const [process] = spansOf(processed);
  const attributes = {
    "messaging.system.name": "nats",
    "messaging.destination.name": "test.v1.happened",
    "messaging.message.id": id,
  };
  expect(producer).toMatchObject({ kind: SpanKind.PRODUCER, parentSpanContext: { spanId: sender.trace.spanId } });
  expect(producer?.attributes).toEqual({
    ...attributes,
    "messaging.operation.name": "publish",
    "messaging.operation.type": "create",
  });
  expect(process).toMatchObject({ kind: SpanKind.CONSUMER, parentSpanContext: idsOf(producer) });
  expect(process?.attributes).toEqual({
    ...attributes,
    "messaging.operation.name": "process",
    "messaging.operation.type": "process",
    "messaging.consumer.group.name": durable,
    "typemesh.event.attempt": 1,
  });
  expect(active).toEqual([sender.trace.traceId]);
  logged.push(...part.logged.filter(({ msg }) => msg === "handled"));
  expect(logged).toMatchObject([idsOf(process)]);
  const inserted = spansOf("INSERT effects")[0];
  expect(inserted?.spanContext().traceId).toBe(sender.trace.traceId);
  expect(spansOf("TRANSACTION").map(({ parentSpanContext }) => parentSpanContext?.spanId)).toContain(
    process?.spanContext().spanId,
  );
  // The relay's own statements belong to no trace.
  expect(recorded.spans().every((span) => span.spanContext().traceId === sender.trace.traceId)).toBe(true);
});

test("events that share a transaction each have their own span, with their statements below it", async () => {
  const recorded = recordTelemetry();
  const mixedUp: unknown[] = [];
  const handler = async (event: Happened, context: Context) => {
    await record(event, context);
    if (trace.getActiveSpan()?.spanContext().traceId !== context.trace.traceId) mixedUp.push(event);
  };
  await using opened = await openServers();
  await using publisher = await openPart(opened.servers);
  const senders = Array.from({ length: 100 }, startSender);
  for (const sender of senders) {
    const thing = sender.trace.spanId;
    await publisher.events.transaction(sender, (tx) => tx.publish(Happened, { thing, number: 1 }));
  }
  await using _ = await openPart(opened.servers, { consumers: [on(Happened, handler)] });
  const ofSenders = (name: string) => {
    const traces = recorded.spans().flatMap((span) => (span.name === name ? [span.spanContext().traceId] : []));
    return traces.filter((id) => senders.some((sender) => sender.trace.traceId === id));
  };
  await vi.waitFor(() => expect(ofSenders(processed)).toHaveLength(100), waiting);
  expect(ofSenders("INSERT inbox").length).toBeLessThan(60);
  expect(ofSenders("INSERT effects").sort()).toEqual(senders.map((sender) => sender.trace.traceId).sort());
  expect(mixedUp).toEqual([]);
});

test("attempts, retries and dead letters are measured by subject, consumer and class of the error", async () => {
  const recorded = recordTelemetry();
  let attempts = 0;
  const consumer = on(Happened, async ({ number }) => {
    attempts += 1;
    if (number === 2) throw new InvalidEvent("secret");
    if (attempts === 1) throw new MeshError({ code: "UNAVAILABLE", message: "secret" });
    if (attempts === 2) throw new TypeError("secret");
  });
  await using opened = await openServers();
  await using part = await openPart(opened.servers, { consumers: [consumer], retryDelaysMs: [1, 1, 1] });
  await send(part);
  const common = {
    "messaging.system.name": "nats",
    "messaging.operation.name": "process",
    "messaging.destination.name": "test.v1.happened",
    "messaging.consumer.group.name": durable,
  };
  await vi.waitFor(async () => {
    const points = await recorded.points("messaging.process.duration");
    expect(points).toEqual([
      { attributes: { ...common, "error.type": "UNAVAILABLE" }, value: 1 },
      { attributes: { ...common, "error.type": "_OTHER" }, value: 1 },
      { attributes: common, value: 1 },
    ]);
  }, waiting);
  expect(await recorded.points("typemesh.events.retries")).toEqual([{ attributes: common, value: 2 }]);
  expect(await recorded.points("typemesh.events.redeliveries")).toEqual([{ attributes: common, value: 2 }]);
  expect(await recorded.points("typemesh.events.dead_letters")).toEqual([{ attributes: common, value: 0 }]);
  await part.events.transaction(startSender(), (tx) => tx.publish(Happened, { thing: "b", number: 2 }));
  await vi.waitFor(async () => {
    expect(await recorded.points("typemesh.events.dead_letters")).toEqual([{ attributes: common, value: 1 }]);
  }, waiting);
  expect((await recorded.metric("messaging.process.duration"))?.descriptor.unit).toBe("s");
  const failed = recorded.spans().filter(({ status }) => status.code === SpanStatusCode.ERROR);
  expect(failed.map(({ attributes }) => attributes["error.type"])).toContain("INVALID_EVENT");
  expect(JSON.stringify(recorded.spans().map(({ attributes, events }) => [attributes, events]))).not.toContain(
    "secret",
  );
});

test("parked events are counted by consumer and state when metrics are collected", async () => {
  const recorded = recordTelemetry();
  const consumer = on(Happened, async ({ number }) => {
    if (number === 1) throw new MeshError({ code: "UNAVAILABLE", message: "a peer is away" });
    if (number === 3) throw new InvalidEvent("wrong");
  });
  await using opened = await openServers();
  await using part = await openPart(opened.servers, { consumers: [consumer], retryDelaysMs: [60_000] });
  const publish = (thing: string, number: number) =>
    part.events.transaction(startSender(), (tx) => tx.publish(Happened, { thing, number }));
  for (const [thing, number] of [
    ["a", 1],
    ["a", 2],
    ["b", 3],
  ] as const)
    await publish(thing, number);
  const attributes = {
    "messaging.system.name": "nats",
    "messaging.destination.name": "test.v1.happened",
    "messaging.consumer.group.name": durable,
  };
  const expected = { failing: 0, upstream: 1, behind: 1, suspect: 0, dead: 1 };
  await vi.waitFor(async () => {
    const points = await recorded.points("typemesh.events.parked");
    expect(points.map((point) => [point.attributes["typemesh.parked.state"], point.value])).toEqual(
      Object.entries(expected),
    );
  }, waiting);
  const [age] = await recorded.points("typemesh.events.parked.age");
  expect(age?.attributes).toEqual(attributes);
  expect(age?.value).toBeGreaterThan(0);
});

test("an event that is not sampled has no spans", async () => {
  const recorded = recordTelemetry();
  const consumer = on(Happened, record);
  await using opened = await openServers();
  await using part = await openPart(opened.servers, { consumers: [consumer] });
  await send(part, { principal: undefined, trace: { ...newTrace(), sampled: false } } as never);
  const handled = async () => expect(await recorded.points("messaging.process.duration")).toMatchObject([{ value: 1 }]);
  await vi.waitFor(handled, waiting);
  expect(recorded.spans()).toEqual([]);
});

test("the outbox is read when metrics are collected", async () => {
  const recorded = recordTelemetry();
  await using opened = await openServers();
  const unreachable = { ...opened.servers, nats: "nats://127.0.0.1:1" };
  await using part = await openPart(unreachable);
  const pointOf = async (name: string) => (await recorded.points(name))[0];
  const attributes = { "typemesh.service": "part" };
  expect(await pointOf("typemesh.outbox.events")).toEqual({ attributes, value: 0 });
  await send(part);
  expect(await unsent(part)).toBe(1);
  expect(await pointOf("typemesh.outbox.events")).toEqual({ attributes, value: 1 });
  await vi.waitFor(async () => expect((await pointOf("typemesh.outbox.age"))?.value).toBeGreaterThan(0));
});

test("the lag of a consumer, and how full a stream is, are read when metrics are collected", async () => {
  const recorded = recordTelemetry();
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const consumer = on(Happened, async () => held);
  await using opened = await openServers();
  await using part = await openPart(opened.servers, { consumers: [consumer], streamCheckMs: 20 });
  await part.events.transaction(startSender(), async (tx) => {
    for (let number = 0; number < 300; number += 1) await tx.publish(Happened, { thing: `${number}`, number });
  });
  const attributes = {
    "messaging.system.name": "nats",
    "messaging.destination.name": "test.v1.happened",
    "messaging.consumer.group.name": durable,
  };
  const lagOf = async () => {
    const names = ["typemesh.consumer.lag", "typemesh.consumer.unsettled"];
    return Promise.all(names.map(async (name) => (await recorded.points(name))[0]));
  };
  // NATS sends no more than 256 that are not settled.
  const expected = [
    { attributes, value: 44 },
    { attributes, value: 256 },
  ];
  await vi.waitFor(async () => expect(await lagOf()).toEqual(expected), waiting);
  expect(await recorded.points("typemesh.events.missed")).toEqual([{ attributes, value: 0 }]);
  await vi.waitFor(async () => {
    const [fill] = await recorded.points("typemesh.stream.fill");
    expect(fill?.attributes).toEqual({ "typemesh.stream": "test_v1" });
    expect(fill?.value).toBeGreaterThan(0);
    expect(fill?.value).toBeLessThan(1);
  }, waiting);
  release();
  await vi.waitFor(async () => expect(await lagOf()).toMatchObject([{ value: 0 }, { value: 0 }]), waiting);
});

function idsOf(span: ReadableSpan | undefined) {
  const { traceId, spanId } = span?.spanContext() ?? {};
  return { traceId, spanId };
}
