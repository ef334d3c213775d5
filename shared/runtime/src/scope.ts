import type { Principal } from "@mesh/contracts";
import type { Logger } from "./log.ts";
import { randomHex } from "./random-hex.ts";

/** The context of one call or one event, which is passed on to the work that is done for it. */
export interface Scope {
  /** Aborts when the caller cancels, time is up, or the process ends. */
  readonly signal: AbortSignal;
  /** The deadline, in milliseconds since the epoch. */
  readonly deadline: number;
  /** The customer or service that the work is done for. Undefined if the caller sent none. */
  readonly principal: Principal | undefined;
  readonly trace: TraceContext;
  /** A logger that adds the trace's id to every line. */
  readonly log: Logger;
}

/** The parts of a scope. */
export interface ScopeInit {
  readonly signal: AbortSignal;
  /** The longest that the work may take, in milliseconds. */
  readonly timeoutMs: number;
  readonly log: Logger;
  readonly principal?: Principal | undefined;
  /** The span that the work is part of. Default: a new trace. */
  readonly parent?: TraceContext | undefined;
}

/**
 * Opens the scope of one piece of work.
 *
 * @example
 * ```ts
 * import { createLogger, openScope } from "@mesh/runtime";
 *
 * const log = createLogger({ name: "notes", level: "silent" });
 * const scope = openScope({ signal: AbortSignal.timeout(5_000), timeoutMs: 5_000, log });
 * scope.log.info("the line has a trace id");
 * ```
 */
export function openScope({ signal, timeoutMs, log, principal, parent }: ScopeInit): Scope {
  const trace = parent ? childSpan(parent) : newTrace();
  return {
    signal,
    deadline: Date.now() + timeoutMs,
    principal,
    trace,
    log: log.child({ traceId: trace.traceId }),
  };
}

/** The trace and the span of a piece of work, as in W3C Trace Context: https://www.w3.org/TR/trace-context/ */
export interface TraceContext {
  /** 32 hexadecimal digits, the same in every service that the request reaches. */
  readonly traceId: string;
  /** 16 hexadecimal digits, one for each piece of work. */
  readonly spanId: string;
  readonly sampled: boolean;
}

/** The header that carries a trace. */
export const traceHeader = "traceparent";

/**
 * Starts a trace.
 *
 * @example
 * ```ts
 * import { newTrace } from "@mesh/runtime";
 *
 * newTrace().traceId; // 32 hexadecimal digits
 * ```
 */
export function newTrace(): TraceContext {
  return { traceId: randomHex(4), spanId: randomHex(2), sampled: true };
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
export function childSpan(parent: TraceContext): TraceContext {
  return { traceId: parent.traceId, spanId: randomHex(2), sampled: parent.sampled };
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
export function formatTrace({ traceId, spanId, sampled }: TraceContext): string {
  return `00-${traceId}-${spanId}-${sampled ? "01" : "00"}`;
}

/**
 * Parses the value of the header `traceparent`. Returns undefined if it is missing or malformed.
 *
 * @example
 * ```ts
 * import { parseTrace } from "@mesh/runtime";
 *
 * parseTrace("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")?.sampled; // true
 * parseTrace("none"); // undefined
 * ```
 */
export function parseTrace(header: string | undefined): TraceContext | undefined {
  const match = /^[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})$/.exec(header ?? "");
  if (!match || header?.startsWith("ff")) return undefined;
  const [, traceId = "", spanId = "", flags = ""] = match;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}
