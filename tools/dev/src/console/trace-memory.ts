import type { Span, TraceSummary } from "./shapes.ts";

/** Bounds of the memory for traces. */
export interface TraceBounds {
  /** Default: 1,000. */
  readonly maxTraces?: number;
  /** Of all traces, at about 700 bytes each. Default: 50,000. */
  readonly maxSpans?: number;
}

/** Which traces are listed. */
export interface TraceFilter {
  /** The name of a process that takes part in them. */
  readonly process?: string | undefined;
  /** A part of the name of a span, in any case. */
  readonly text?: string | undefined;
  readonly failedOnly?: boolean | undefined;
  /** Whether runs of tasks that did nothing are listed, too. */
  readonly withIdle?: boolean | undefined;
}

/** A trace in memory. */
interface Trace {
  readonly spans: Span[];
  /** Whether it is the run of a task that has published no event and called no other process. */
  isIdle: boolean;
}

/**
 * Of tasks that did nothing, no more traces are kept: a service runs some of them each second, and they would take the room of all
 * others within minutes.
 */
const maxIdle = 100;

/** The latest traces. The oldest ones make room for new ones. */
export class TraceMemory {
  readonly #maxTraces: number;
  readonly #maxSpans: number;
  /** In the order in which they began to arrive. */
  readonly #traces = new Map<string, Trace>();
  /** The ids of those that are idle, the oldest first. */
  readonly #idle = new Set<string>();
  #spans = 0;

  constructor({ maxTraces = 1_000, maxSpans = 50_000 }: TraceBounds = {}) {
    this.#maxTraces = maxTraces;
    this.#maxSpans = maxSpans;
  }

  get size(): number {
    return this.#traces.size;
  }

  /** Adds a span to its trace. */
  add(span: Span): void {
    const trace = this.#traces.get(span.traceId) ?? { spans: [], isIdle: false };
    trace.spans.push(span);
    this.#traces.set(span.traceId, trace);
    this.#spans += 1;
    if (trace.isIdle || span.parentId === "") trace.isIdle = isIdle(trace.spans);
    if (trace.isIdle) this.#idle.add(span.traceId);
    else this.#idle.delete(span.traceId);
    if (this.#idle.size > maxIdle) this.#removeFirst(this.#idle);
    while (this.#traces.size > this.#maxTraces || this.#spans > this.#maxSpans) this.#removeFirst(this.#traces);
  }

  /** Returns the spans of a trace that have arrived, in the order of their start; undefined: it has none. */
  spansOf(traceId: string): readonly Span[] | undefined {
    return this.#traces.get(traceId)?.spans.toSorted((one, other) => one.startMs - other.startMs);
  }

  /** Returns the traces that match a filter, the latest first. */
  list(filter: TraceFilter): TraceSummary[] {
    const traces = [...this.#traces].filter(([, trace]) => matches(trace, filter));
    return traces.map(([id, { spans }]) => summaryOf(id, spans)).sort((one, other) => other.startMs - one.startMs);
  }

  #removeFirst(traces: ReadonlySet<string> | ReadonlyMap<string, Trace>): void {
    for (const id of traces.keys()) {
      this.#spans -= this.#traces.get(id)?.spans.length ?? 0;
      this.#traces.delete(id);
      this.#idle.delete(id);
      return;
    }
  }
}

function isIdle([first, ...others]: readonly Span[]): boolean {
  const all = [first, ...others];
  const isTask = all.some((span) => span?.parentId === "" && span.name.startsWith("task "));
  return isTask && all.every((span) => span?.process === first?.process && span?.kind !== "producer" && !span?.isError);
}

function matches({ spans, isIdle }: Trace, { process, text, failedOnly, withIdle }: TraceFilter): boolean {
  const wanted = text?.toLowerCase();
  return (
    (withIdle || !isIdle) &&
    (!process || spans.some((span) => span.process === process)) &&
    (!failedOnly || spans.some(({ isError }) => isError)) &&
    (!wanted || spans.some(({ name, traceId }) => name.toLowerCase().includes(wanted) || traceId.startsWith(wanted)))
  );
}

function summaryOf(traceId: string, spans: readonly Span[]): TraceSummary {
  const first = spans.reduce((one, other) => (isBefore(other, one) ? other : one));
  const { name, process, startMs, durationMs } = first;
  return {
    traceId,
    name,
    process,
    startMs,
    durationMs,
    spans: spans.length,
    processes: [...new Set(spans.map((span) => span.process))],
    errors: spans.filter(({ isError }) => isError).length,
    retries: spans.flatMap(({ events }) => events).filter((event) => event.name === "retry").length,
  };
}

/** The span without a parent is the first, even if the clock of another process is late. */
function isBefore(one: Span, other: Span): boolean {
  if ((one.parentId === "") !== (other.parentId === "")) return one.parentId === "";
  return one.startMs < other.startMs;
}
