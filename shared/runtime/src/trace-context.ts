import type { Span } from "@opentelemetry/api";
import { randomHex, randomIds } from "./random-hex.ts";
import { isTracing } from "./telemetry/tracing.ts";

/** The trace and the span of a piece of work, as in W3C Trace Context: https://www.w3.org/TR/trace-context/ */
export interface TraceContext {
  /** 32 hexadecimal digits, the same in every service that the request reaches. */
  readonly traceId: string;
  /** 16 hexadecimal digits, one for each piece of work. */
  readonly spanId: string;
  /** Whether the spans of the trace are recorded. */
  readonly sampled: boolean;
  /** What vendors of tracing keep with the trace, as the header `tracestate` has it. */
  readonly state?: string | undefined;
  /** The span of an OpenTelemetry SDK; undefined: this process does not record the work. */
  readonly span?: Span | undefined;
}

/** The header that carries a trace. */
export const traceHeader = "traceparent";

/** The header that carries the state of a trace. */
export const traceStateHeader = "tracestate";

/** The length of a header `traceparent`, and the code of the digit 9. */
const headerLength = 55;
const nine = 57;

/** The longest state that is passed on, in characters, as W3C Trace Context asks for. */
const maxStateLength = 512;

/**
 * Starts a trace. It is sampled if no OpenTelemetry SDK is registered, so that services which have one record it.
 *
 * @example
 * ```ts
 * import { newTrace } from "@mesh/runtime";
 *
 * newTrace().traceId; // 32 hexadecimal digits
 * ```
 */
export function newTrace(): TraceContext {
  return new NewTrace(!isTracing());
}

/** A trace that begins here. Its header is made with its ids, for little more than these cost. */
class NewTrace implements TraceContext {
  readonly traceId: string;
  readonly spanId: string;
  readonly sampled: boolean;
  // A private field is not part of a copy by `{ ...trace }`, which may differ.
  readonly #header: string;

  constructor(sampled: boolean) {
    const header = randomIds(sampled);
    this.traceId = header.slice(3, 35);
    this.spanId = header.slice(36, 52);
    this.sampled = sampled;
    this.#header = header;
  }

  get header(): string {
    return this.#header;
  }
}

/** Starts a trace that is not recorded. */
export function unsampledTrace(): TraceContext {
  return new NewTrace(false);
}

/**
 * Returns a new span of the same trace.
 *
 * @example
 * ```ts
 * import { childSpan, newTrace } from "@mesh/runtime";
 *
 * const trace = newTrace();
 * childSpan(trace).traceId === trace.traceId; // true
 * ```
 */
export function childSpan({ traceId, sampled, state }: TraceContext): TraceContext {
  const spanId = randomHex(2);
  return state === undefined ? { traceId, spanId, sampled } : { traceId, spanId, sampled, state };
}

/**
 * Formats a trace as the value of the header `traceparent`.
 *
 * @example
 * ```ts
 * import { formatTrace, newTrace, traceHeader } from "@mesh/runtime";
 *
 * const headers = { [traceHeader]: formatTrace(newTrace()) };
 * ```
 */
export function formatTrace(trace: TraceContext): string {
  if (trace instanceof NewTrace) return trace.header;
  const { traceId, spanId, sampled } = trace;
  return `00-${traceId}-${spanId}-${sampled ? "01" : "00"}`;
}

/**
 * Sets the headers that carry a trace.
 *
 * @example
 * ```ts
 * import { newTrace, setTraceHeaders } from "@mesh/runtime";
 *
 * const headers: Record<string, string> = {};
 * setTraceHeaders(headers, newTrace());
 * headers.traceparent; // "00-…-01"
 * ```
 */
export function setTraceHeaders(headers: Record<string, unknown>, trace: TraceContext): void {
  headers[traceHeader] = formatTrace(trace);
  if (trace.state) headers[traceStateHeader] = trace.state;
}

/**
 * Returns the fields that each line in the log of a piece of work has.
 *
 * @example
 * ```ts
 * import { createLogger, logFieldsOf, newTrace } from "@mesh/runtime";
 *
 * const log = createLogger({ name: "notes", level: "silent" }).child(logFieldsOf(newTrace()));
 * log.info("the line has traceId and spanId");
 * ```
 */
export function logFieldsOf({ traceId, spanId }: TraceContext): object {
  return { traceId, spanId };
}

/**
 * Parses the value of the header `traceparent`. Returns undefined if it is missing or malformed.
 *
 * @param state the value of the header `tracestate`; left out of the result if it is over 512 characters or not printable
 *
 * @example
 * ```ts
 * import { parseTrace } from "@mesh/runtime";
 *
 * parseTrace("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")?.sampled; // true
 * parseTrace("none"); // undefined
 * ```
 */
export function parseTrace(header: string | undefined, state?: string): TraceContext | undefined {
  const match = /^[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})$/.exec(header ?? "");
  if (!match || header?.startsWith("ff")) return undefined;
  const [, traceId = "", spanId = "", flags = ""] = match;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  const sampled = (Number.parseInt(flags, 16) & 1) === 1;
  return { traceId, spanId, sampled, ...(isState(state) && { state }) };
}

/**
 * Returns whether a header `traceparent` says that its trace is not sampled, without parsing the rest of it. False if the
 * header can't be valid.
 *
 * @param header its text, or the bytes of it
 *
 * @example
 * ```ts
 * import { isUnsampled } from "@mesh/runtime";
 *
 * isUnsampled("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00"); // true
 * ```
 */
export function isUnsampled(header: string | Uint8Array): boolean {
  if (header.length !== headerLength) return false;
  const digit = typeof header === "string" ? header.charCodeAt(headerLength - 1) : Number(header[headerLength - 1]);
  // The codes of the digits from a on are odd if their values are even.
  return digit > nine ? digit % 2 === 1 : digit % 2 === 0;
}

function isState(state: string | undefined): state is string {
  return state !== undefined && state !== "" && state.length <= maxStateLength && /^[ -~]+$/.test(state);
}
