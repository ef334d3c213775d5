import { expect, test } from "vitest";
import type { Span } from "./shapes.ts";
import { TraceMemory } from "./trace-memory.ts";

function spanOf(traceId: string, changes: Partial<Span> = {}): Span {
  return {
    traceId,
    spanId: "1".repeat(16),
    parentId: "",
    process: "orders",
    name: "orders.v1.OrderService/GetOrder",
    kind: "server",
    startMs: 0,
    durationMs: 5,
    isError: false,
    attributes: {},
    events: [],
    ...changes,
  };
}

test("1,000 traces are kept: the oldest make room for new ones", () => {
  const memory = new TraceMemory();
  for (let number = 0; number < 1_500; number++) memory.add(spanOf(`trace ${number}`, { startMs: number }));
  expect(memory.size).toBe(1_000);
  expect(memory.spansOf("trace 499")).toBeUndefined();
  expect(memory.spansOf("trace 500")).toHaveLength(1);
  const list = memory.list({});
  expect([list[0]?.traceId, list.at(-1)?.traceId]).toEqual(["trace 1499", "trace 500"]);
});

test("few traces with many spans have the room of many traces with few", () => {
  const memory = new TraceMemory({ maxSpans: 10 });
  for (const trace of ["a", "b", "c"]) for (let number = 0; number < 4; number++) memory.add(spanOf(trace));
  expect(memory.list({}).map(({ traceId }) => traceId)).toEqual(["b", "c"]);
});

test("tasks that do nothing take the room of 100 traces, and are listed only on request", () => {
  const memory = new TraceMemory();
  memory.add(spanOf("call"));
  for (let number = 0; number < 1_500; number++) {
    const child = { name: "SELECT orders", parentId: "2".repeat(16), kind: "client" } as const;
    memory.add(spanOf(`task ${number}`, child));
    memory.add(spanOf(`task ${number}`, { name: "task cancel unpaid orders", kind: "internal" }));
  }
  const cancelling = spanOf("cancelling", { name: "task cancel unpaid orders", kind: "internal" });
  memory.add(spanOf("cancelling", { name: "publish orders.v1.order_cancelled", kind: "producer", parentId: "3" }));
  memory.add(cancelling);
  expect(memory.size).toBe(102);
  expect(memory.list({}).map(({ traceId }) => traceId)).toEqual(["call", "cancelling"]);
  expect(memory.list({ withIdle: true })).toHaveLength(102);
});

test("a trace is named after its first span, and found by its processes, names and failures", () => {
  const memory = new TraceMemory();
  memory.add(
    spanOf("a", {
      parentId: "f".repeat(16),
      startMs: 2,
      isError: true,
      events: [{ name: "retry", atMs: 3, attributes: {} }],
    }),
  );
  memory.add(spanOf("a", { name: "POST /v1/orders", process: "gateway", startMs: 4, durationMs: 9 }));
  memory.add(spanOf("b", { startMs: 1 }));
  const summary = { name: "POST /v1/orders", process: "gateway", durationMs: 9, spans: 2, errors: 1, retries: 1 };
  expect(memory.list({ failedOnly: true })).toMatchObject([
    { traceId: "a", ...summary, processes: ["orders", "gateway"] },
  ]);
  expect(memory.list({ process: "gateway" })).toHaveLength(1);
  expect(memory.list({ text: "getorder" })).toHaveLength(2);
  expect(memory.list({ text: "post /v1" })).toHaveLength(1);
});
