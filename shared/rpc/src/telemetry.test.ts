import { MeshError } from "@mesh/contracts";
import { newTrace } from "@mesh/runtime";
import { recordTelemetry } from "@mesh/testing/telemetry";
import { context, DiagLogLevel, diag, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { AlwaysOffSampler, ParentBasedSampler, type ReadableSpan } from "@opentelemetry/sdk-trace-node";
import { expect, inject, onTestFinished, test, vi } from "vitest";
import { capturedLog } from "../fixtures/captured-log.ts";
import { EchoService } from "../fixtures/echo.ts";
import { rawClient } from "../fixtures/raw-client.ts";
import { collect, echo, notes, scopeWith, serveEcho } from "../fixtures/servers.ts";
import { connect } from "./index.ts";

const method = "test.v1.EchoService/Unary";
const isServer = ({ kind }: ReadableSpan) => kind === SpanKind.SERVER;
const isClient = ({ kind }: ReadableSpan) => kind === SpanKind.CLIENT;

test("a call has a span at the client and a child of it at the server", async () => {
  const recorded = recordTelemetry();
  const { client } = await echo();
  await client.unary({ text: "hello" });
  await vi.waitFor(() => expect(recorded.spans()).toHaveLength(2));
  const client1 = recorded.spans().find(isClient);
  const server1 = recorded.spans().find(isServer);
  const attributes = { "rpc.system.name": "grpc", "rpc.method": method, "rpc.status_code": "OK" };
  expect(client1).toMatchObject({ name: method, status: { code: SpanStatusCode.UNSET } });
  expect(client1?.attributes).toEqual({ ...attributes, "server.address": "test" });
  expect(client1?.parentSpanContext).toBeUndefined();
  expect(server1).toMatchObject({ name: method, status: { code: SpanStatusCode.UNSET } });
  expect(server1?.attributes).toEqual({ ...attributes, "typemesh.rpc.timeout": expect.any(Number) });
  expect(server1?.parentSpanContext).toMatchObject({ ...idsOf(client1), isRemote: true });
});

test("each kind of stream has its spans", async () => {
  const recorded = recordTelemetry();
  const { client } = await echo();
  await collect(client.down({ number: 3 }));
  await client.up(notes(1, 2));
  await collect(client.both(notes(1)));
  await vi.waitFor(() => expect(recorded.spans()).toHaveLength(6));
  const names = ["Down", "Up", "Both"].map((name) => `test.v1.EchoService/${name}`);
  for (const isSide of [isClient, isServer]) {
    const spans = recorded.spans().filter(isSide);
    expect(spans.map(({ name }) => name)).toEqual(names);
    expect(spans.map(({ attributes }) => attributes["rpc.status_code"])).toEqual(["OK", "OK", "OK"]);
  }
  expect(await recorded.points("rpc.client.call.duration")).toHaveLength(3);
});

test("an error has a class, and no text", async () => {
  const recorded = recordTelemetry();
  const { client } = await echo({
    unary: async () => {
      throw new TypeError("hunter2");
    },
  });
  await expect(client.unary({})).rejects.toMatchObject({ code: "INTERNAL" });
  await vi.waitFor(() => expect(recorded.spans()).toHaveLength(2));
  for (const { attributes, status, events } of recorded.spans()) {
    expect(attributes).toMatchObject({ "rpc.status_code": "INTERNAL", "error.type": "INTERNAL" });
    expect([status, events]).toEqual([{ code: SpanStatusCode.ERROR }, []]);
  }
  expect(JSON.stringify(await recorded.points("rpc.server.call.duration"))).not.toContain("hunter2");
});

test("a handler's own spans are children of the server's, and its calls those of its own span", async () => {
  const recorded = recordTelemetry();
  const last = await serveEcho();
  const inner = connect(EchoService, { address: last.address, mux: inject("mux") });
  onTestFinished(() => inner.close());
  const { client } = await echo({
    unary: (request, scope) =>
      trace.getTracer("mine").startActiveSpan("work", async (span) => {
        await Promise.resolve();
        const response = await inner.bind(scope).plain(request);
        span.end();
        return response;
      }),
  });
  await client.unary({});
  await vi.waitFor(() => expect(recorded.spans()).toHaveLength(5));
  const spanOf = (name: string, isSide: (span: ReadableSpan) => boolean = () => true) =>
    recorded.spans().find((span) => span.name === name && isSide(span));
  const work = spanOf("work");
  expect(work?.parentSpanContext?.spanId).toBe(spanOf(method, isServer)?.spanContext().spanId);
  expect(spanOf("test.v1.EchoService/Plain", isClient)?.parentSpanContext?.spanId).toBe(work?.spanContext().spanId);
});

test("a call in an active span is its child, without a scope too", async () => {
  const recorded = recordTelemetry();
  const { client } = await echo();
  await trace.getTracer("mine").startActiveSpan("script", async (span) => {
    await client.unary({});
    span.end();
  });
  const script = recorded.spans().find(({ name }) => name === "script");
  expect(recorded.spans().find(isClient)?.parentSpanContext?.spanId).toBe(script?.spanContext().spanId);
});

test("what the sampler drops has no span anywhere, and is measured all the same", async () => {
  const recorded = recordTelemetry(new ParentBasedSampler({ root: new AlwaysOffSampler() }));
  const sampled: boolean[] = [];
  const active: unknown[] = [];
  const { client, upstream } = await echo({
    async unary(request, scope) {
      sampled.push(scope.trace.sampled);
      active.push(trace.getSpan(context.active()));
      return request;
    },
  });
  await client.unary({});
  await upstream.bind(scopeWith({ parent: { ...newTrace(), sampled: false } })).unary({});
  expect([sampled, active]).toEqual([
    [false, false],
    [undefined, undefined],
  ]);
  expect(recorded.spans()).toEqual([]);
  expect(await recorded.points("rpc.client.call.duration")).toMatchObject([{ value: 2 }]);
});

test("the context of other systems comes in and goes out, with its state", async () => {
  const recorded = recordTelemetry();
  const state = "vendor=1,other=x";
  const seen: (string | undefined)[] = [];
  const last = await serveEcho({
    async plain(request, { trace }) {
      seen.push(trace.state);
      return request;
    },
  });
  const inner = connect(EchoService, { address: last.address, mux: inject("mux") });
  onTestFinished(() => inner.close());
  const { server } = await echo({ unary: (request, scope) => inner.bind(scope).plain(request) });
  const caller = newTrace();
  const traceparent = `00-${caller.traceId}-${caller.spanId}-01`;
  const headers = { traceparent, tracestate: state };
  await rawClient(server.address).unary(`/${method}`, new Uint8Array(), headers);
  expect(seen).toEqual([state]);
  await vi.waitFor(() => expect(recorded.spans()).toHaveLength(3));
  expect(new Set(recorded.spans().map((span) => span.spanContext().traceId))).toEqual(new Set([caller.traceId]));
  expect(recorded.spans().at(-1)?.parentSpanContext?.spanId).toBe(caller.spanId);
});

test("the lines of a call have the ids of its span", async () => {
  const recorded = recordTelemetry();
  const { log, lines } = capturedLog();
  const { client } = await echo(
    {
      async unary(request, scope) {
        scope.log.info("handled");
        return request;
      },
    },
    { log },
  );
  await client.unary({});
  await vi.waitFor(() => expect(recorded.spans()).toHaveLength(2));
  expect(lines.find(({ msg }) => msg === "handled")).toMatchObject(idsOf(recorded.spans().find(isServer)));
});

test("retries are counted, and in the span of the call", async () => {
  const recorded = recordTelemetry();
  let attempts = 0;
  const server = await serveEcho({
    unary: async (request) => {
      attempts += 1;
      if (attempts < 3) throw new MeshError({ code: "UNAVAILABLE", message: "hunter2" });
      return request;
    },
  });
  const upstream = connect(EchoService, { address: server.address, mux: inject("mux") });
  onTestFinished(() => upstream.close());
  await upstream.client.unary({});
  const attributes = { "rpc.method": method, "server.address": "test" };
  expect(await recorded.points("typemesh.rpc.client.retries")).toEqual([{ attributes, value: 2 }]);
  await vi.waitFor(() => expect(recorded.spans()).toHaveLength(4));
  const call = recorded.spans().find(isClient);
  expect(call?.attributes).toMatchObject({ "typemesh.rpc.attempts": 3, "rpc.status_code": "OK" });
  expect(call?.events.map(({ name }) => name)).toEqual(["retry", "retry"]);
  const parents = recorded
    .spans()
    .filter(isServer)
    .map(({ parentSpanContext }) => parentSpanContext?.spanId);
  expect(new Set(parents)).toEqual(new Set([call?.spanContext().spanId]));
});

test("a stream that is opened again is counted, and each attempt has a span that is not changed after its end", async () => {
  const warnings: string[] = [];
  const note = (message: string) => void warnings.push(message);
  diag.setLogger({ error: note, warn: note, info() {}, debug() {}, verbose() {} }, DiagLogLevel.WARN);
  onTestFinished(() => diag.disable());
  const recorded = recordTelemetry();
  let attempts = 0;
  const server = await serveEcho({
    async *down(request) {
      attempts += 1;
      if (attempts < 3) throw new MeshError({ code: "UNAVAILABLE", message: "hunter2" });
      yield request;
    },
  });
  const upstream = connect(EchoService, { address: server.address, mux: inject("mux") });
  onTestFinished(() => upstream.close());
  await collect(upstream.client.down({}));
  const attributes = { "rpc.method": "test.v1.EchoService/Down", "server.address": "test" };
  expect(await recorded.points("typemesh.rpc.client.retries")).toEqual([{ attributes, value: 2 }]);
  await vi.waitFor(() => expect(recorded.spans()).toHaveLength(6));
  const codes = recorded
    .spans()
    .filter(isClient)
    .map((span) => span.attributes["rpc.status_code"]);
  expect(codes).toEqual(["UNAVAILABLE", "UNAVAILABLE", "OK"]);
  expect(warnings).toEqual([]);
});

test("health and unknown methods have neither spans nor measurements", async () => {
  const recorded = recordTelemetry();
  const { upstream, server } = await echo();
  expect(await upstream.check()).toMatchObject({ ready: true });
  const { error } = await rawClient(server.address).unary("/test.v1.EchoService/Random123", new Uint8Array());
  expect(error?.code).toBe(12);
  expect(recorded.spans()).toEqual([]);
  expect(await recorded.points("rpc.server.call.duration")).toEqual([]);
});

test("without an SDK nothing is recorded, and one that is registered later is used", async () => {
  const { client } = await echo();
  await client.unary({});
  const recorded = recordTelemetry();
  await client.unary({});
  await vi.waitFor(() => expect(recorded.spans()).toHaveLength(2));
  expect(await recorded.points("rpc.client.call.duration")).toMatchObject([{ value: 1 }]);
});

test("a processor of spans that fails does not fail the call", async () => {
  recordTelemetry({
    shouldSample: () => {
      throw new MeshError({ code: "INTERNAL", message: "broken" });
    },
    toString: () => "broken",
  });
  const { client } = await echo();
  expect(await context.with(ROOT_CONTEXT, () => client.unary({ text: "hello" }))).toMatchObject({ text: "hello" });
});

function idsOf(span: ReadableSpan | undefined) {
  const { traceId, spanId } = span?.spanContext() ?? {};
  return { traceId, spanId };
}
