import { getEventListeners } from "node:events";
import { MeshError } from "@mesh/contracts";
import { parentOf, startSpan, type TraceContext, Tracing } from "@mesh/runtime";
import { recordedLog } from "@mesh/testing/service";
import { recordTelemetry } from "@mesh/testing/telemetry";
import { afterEach, expect, test, vi } from "vitest";
import { every, repeatTask } from "./tasks.ts";

const ending = new Set<AbortController>();
afterEach(() => {
  for (const life of ending) life.abort();
});

/** Runs a task until the test ends. */
function run(work: (signal: AbortSignal) => Promise<void>, timeoutMs = 5_000) {
  const { log, logged } = recordedLog();
  const life = new AbortController();
  ending.add(life);
  const task = every("tidy", 5, ({ signal }: { signal: AbortSignal }) => work(signal));
  const running = repeatTask(task, (signal) => ({ signal }), { signal: life.signal, timeoutMs, log });
  return { logged, life, running };
}

test("a task runs at once and then again and again, one run at a time", async () => {
  let [runs, atOnce, most] = [0, 0, 0];
  const { life, running } = run(async () => {
    most = Math.max(most, ++atOnce);
    await new Promise((resolve) => setTimeout(resolve, 10));
    atOnce--;
    runs++;
  });
  await vi.waitFor(() => expect(runs).toBeGreaterThan(4));
  life.abort();
  await running;
  expect(most).toBe(1);
});

test("a task that fails goes on, and is logged once while it fails and once when it works again", async () => {
  let runs = 0;
  const { logged } = run(async () => {
    runs++;
    if (runs < 5 || runs === 10) throw new Error(`no ${runs}`);
  });
  await vi.waitFor(() => expect(runs).toBeGreaterThan(12));
  expect(logged.map(({ msg, task, err }) => [msg, task, (err as Error | undefined)?.message])).toEqual([
    ["a task failed; trying again", "tidy", "no 1"],
    ["a task works again", "tidy", undefined],
    ["a task failed; trying again", "tidy", "no 10"],
    ["a task works again", "tidy", undefined],
  ]);
});

test("a run that never ends is given up when its time is up, and the task goes on", async () => {
  let runs = 0;
  const { logged } = run(() => {
    runs++;
    return runs === 1 ? new Promise(() => {}) : Promise.resolve();
  }, 50);
  await vi.waitFor(() => expect(runs).toBeGreaterThan(2));
  expect(logged[0]).toMatchObject({ msg: "a task failed; trying again", task: "tidy" });
});

test("a run leaves nothing on the signal of the process", async () => {
  let runs = 0;
  const { life, running } = run(async () => void runs++);
  await vi.waitFor(() => expect(runs).toBeGreaterThan(20));
  // The pause and the next run may have one each.
  expect(getEventListeners(life.signal, "abort").length).toBeLessThanOrEqual(2);
  expect(dependants(life.signal)).toBe(0);
  life.abort();
  await running;
});

/** How many signals Node keeps for this one, as `AbortSignal.any` makes them: a private set of weak references. */
function dependants(signal: AbortSignal): number {
  const key = Object.getOwnPropertySymbols(signal).find((symbol) => symbol.description === "kDependantSignals");
  // Node's own kind of Set, which is no instance of ours.
  const kept: unknown = key && Reflect.get(signal, key);
  return Number(Object(kept).size ?? 0);
}

test("a pause is cut short by the end of the process, which is no failure", async () => {
  const { log, logged } = recordedLog();
  const life = new AbortController();
  let runs = 0;
  const count = async () => void runs++;
  const options = { signal: life.signal, timeoutMs: 5_000, log };
  const running = repeatTask(every("tidy", 60_000, count), (signal) => ({ signal }), options);
  await vi.waitFor(() => expect(runs).toBe(1));
  life.abort();
  await running;
  expect(logged).toEqual([]);
});

test("a run under way ends with the process, whether it heeds the signal or not", async () => {
  for (const work of [
    () => new Promise<void>(() => {}),
    (signal: AbortSignal) =>
      new Promise<void>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
  ]) {
    const { life, running, logged } = run(work);
    life.abort();
    await running;
    expect(logged).toEqual([]);
  }
});

test("a run has a span, of which that of its work is a child, and a trace of its own", async () => {
  const recorded = recordTelemetry();
  const traces: (TraceContext | undefined)[] = [];
  const task = every("tidy", 5, async (trace: TraceContext | undefined) => {
    traces.push(trace);
    trace?.span?.addEvent("given");
    // As a statement or a span of the task's own, which gets the active one as its parent.
    const { tracer } = new Tracing("test");
    if (tracer) startSpan(tracer, "work", {}, parentOf(undefined)).span?.end();
    if (traces.length === 2) throw new MeshError({ code: "UNAVAILABLE", message: "no" });
  });
  const life = new AbortController();
  ending.add(life);
  const { log } = recordedLog();
  const running = repeatTask(task, (_, trace) => trace, { signal: life.signal, timeoutMs: 5_000, log });
  await vi.waitFor(() => expect(traces.length).toBeGreaterThan(2));
  life.abort();
  await running;
  const named = (name: string) => recorded.spans().filter((span) => span.name === name);
  const runs = named("task tidy");
  expect(runs.map((span) => span.attributes["error.type"]).slice(0, 2)).toEqual([undefined, "UNAVAILABLE"]);
  expect(new Set(runs.map((span) => span.spanContext().traceId)).size).toBe(runs.length);
  expect(named("work").map((span) => span.parentSpanContext?.spanId)).toEqual(
    runs.map((span) => span.spanContext().spanId),
  );
  expect(runs.map(({ events }) => events[0]?.name)).toEqual(runs.map(() => "given"));
});
