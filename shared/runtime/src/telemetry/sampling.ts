import { ROOT_CONTEXT } from "@opentelemetry/api";
import type { TraceContext } from "../trace-context.ts";

/** The part of the traces that the SDK is asked for. */
let share = 1;

/**
 * Sets which part of the traces that begin in this process are recorded; default: 1, the sampler of the SDK decides all. The
 * others are not passed to the SDK, whose sampler gets ids, attributes and a context of each trace. A trace that has begun elsewhere is recorded if its `traceparent` says so.
 *
 * @param part from 0 to 1
 * @throws RangeError if it is another number
 *
 * @example
 * ```ts
 * import { sampleTraces } from "@mesh/runtime";
 *
 * sampleTraces(0.01); // one of a hundred
 * ```
 */
export function sampleTraces(part: number): void {
  if (!(part >= 0 && part <= 1)) throw new RangeError(`${part} is no part of the traces: give a number from 0 to 1`);
  share = part;
}

/**
 * Returns the trace that a client outside of the mesh has begun as this process records it: if it is sampled, `sampleTraces` draws it
 * like one that begins here. So clients can't have more recorded.
 *
 * @example
 * ```ts
 * import { drawTrace, newTrace, sampleTraces } from "@mesh/runtime";
 *
 * sampleTraces(0);
 * drawTrace({ ...newTrace(), sampled: true }).sampled; // false
 * ```
 */
export function drawTrace(trace: TraceContext): TraceContext {
  return trace.sampled && !isDrawn(undefined) ? { ...trace, sampled: false } : trace;
}

/** Decides whether a span is recorded as far as this process does. False: it begins a trace that is not. */
export function isDrawn(parent: unknown): boolean {
  return share === 1 || (parent !== undefined && parent !== ROOT_CONTEXT) || Math.random() < share;
}
