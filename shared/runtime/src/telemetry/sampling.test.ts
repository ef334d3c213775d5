import { ROOT_CONTEXT, SpanKind } from "@opentelemetry/api";
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-node";
import { expect, onTestFinished, test } from "vitest";
import { endSpan, newTrace, sampleTraces, startSpan, type TraceContext } from "../index.ts";

const options = { kind: SpanKind.SERVER };

function record() {
  const exporter = new InMemorySpanExporter();
  const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  onTestFinished(() => {
    sampleTraces(1);
    return provider.shutdown();
  });
  const tracer = provider.getTracer("test");
  const start = (parent?: TraceContext | typeof ROOT_CONTEXT) => {
    const trace = startSpan(tracer, "work", options, parent);
    if (trace.span) endSpan(trace.span);
    return trace;
  };
  return { start, spans: () => exporter.getFinishedSpans() };
}

test("a part of the traces that begin here is recorded", () => {
  const { start, spans } = record();
  sampleTraces(0.1);
  const traces = Array.from({ length: 5_000 }, (_, at) => start(at % 2 === 0 ? undefined : ROOT_CONTEXT));
  const sampled = traces.filter((trace) => trace.sampled);
  // Of 5,000 draws at 0.1, all but one in 10^15 runs are within eight standard deviations.
  expect(sampled.length).toBeGreaterThan(330);
  expect(sampled.length).toBeLessThan(670);
  expect(spans()).toHaveLength(sampled.length);
  expect(new Set(traces.map(({ traceId }) => traceId)).size).toBe(5_000);
  for (const { traceId, spanId } of traces) expect(`${traceId}-${spanId}`).toMatch(/^[\da-f]{32}-[\da-f]{16}$/);
});

test("a trace that has begun elsewhere is recorded if it says so", () => {
  const { start, spans } = record();
  sampleTraces(0);
  expect(start().sampled).toBe(false);
  const elsewhere = { ...newTrace(), sampled: true };
  expect(start(elsewhere)).toMatchObject({ traceId: elsewhere.traceId, sampled: true });
  expect(start({ ...elsewhere, sampled: false })).toMatchObject({ traceId: elsewhere.traceId, sampled: false });
  expect(spans()).toHaveLength(1);
});

test("what is no part is rejected", () => {
  for (const part of [-0.1, 1.1, Number.NaN]) expect(() => sampleTraces(part)).toThrow(RangeError);
});
