import { MeshError } from "@mesh/contracts";
import {
  type Context,
  context,
  createTraceState,
  diag,
  INVALID_TRACEID,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  type SpanOptions,
  SpanStatusCode,
  TraceFlags,
  type Tracer,
  trace as traceApi,
} from "@opentelemetry/api";
import { childSpan, newTrace, type TraceContext, unsampledTrace } from "../trace-context.ts";
import { isDrawn } from "./sampling.ts";

/**
 * Starts the span of a piece of work, if its trace is sampled. Without a parent, `sampleTraces` and the sampler of the SDK decide.
 *
 * @param options should be the same object each time, because most spans are not recorded
 * @returns the trace of the work, with its span if it is recorded
 *
 * @example
 * ```ts
 * import { endSpan, errorTypeOf, startSpan, Tracing } from "@mesh/runtime";
 * import { SpanKind } from "@opentelemetry/api";
 *
 * const tracing = new Tracing("mailer");
 * const options = { kind: SpanKind.CLIENT };
 *
 * async function send(mail: () => Promise<void>): Promise<void> {
 *   const { tracer } = tracing;
 *   const span = tracer && startSpan(tracer, "send mail", options, undefined).span;
 *   let errorType: string | undefined;
 *   try {
 *     await mail();
 *   } catch (error) {
 *     errorType = errorTypeOf(error);
 *     throw error;
 *   } finally {
 *     if (span) endSpan(span, errorType);
 *   }
 * }
 * await send(async () => {});
 * ```
 */
export function startSpan(
  tracer: Tracer,
  name: string,
  options: SpanOptions,
  parent: TraceContext | Context | undefined,
): TraceContext {
  if (!isDrawn(parent)) return unsampledTrace();
  if (isTrace(parent) && !parent.sampled && !parent.span) return childSpan(parent);
  const context = isTrace(parent) ? contextOf(parent) : (parent ?? ROOT_CONTEXT);
  try {
    return traceOf(tracer.startSpan(name, options, context));
  } catch (error) {
    // A processor of spans that fails must not fail the work.
    diag.error("a span could not be started", error);
    return newTrace();
  }
}

/**
 * Returns the parent of what is done for a scope: the active span if it is one of the scope's trace, such as one that a handler
 * made, else the span of the scope. Without a scope it is the active span, or `ROOT_CONTEXT` if there is none. Undefined: the
 * parent is not recorded.
 *
 * @example
 * ```ts
 * import { newTrace, parentOf } from "@mesh/runtime";
 *
 * parentOf({ ...newTrace(), sampled: false }); // undefined
 * ```
 */
export function parentOf(scope: TraceContext | undefined): Context | undefined {
  if (scope && !scope.sampled && !scope.span) return undefined;
  const active = context.active();
  const span = traceApi.getSpan(active);
  if (span && (!scope || span.spanContext().traceId === scope.traceId)) return isOn(span) ? active : undefined;
  return scope ? contextOf(scope) : ROOT_CONTEXT;
}

/**
 * Returns a context of OpenTelemetry's API in which a trace's span is the active one.
 *
 * @example
 * ```ts
 * import { contextOf, newTrace } from "@mesh/runtime";
 * import { trace } from "@opentelemetry/api";
 *
 * const scope = { trace: newTrace() };
 * trace.getTracer("prices").startSpan("price", {}, contextOf(scope.trace)).end();
 * ```
 */
export function contextOf(trace: TraceContext): Context {
  return traceApi.setSpan(ROOT_CONTEXT, trace.span ?? traceApi.wrapSpanContext(spanContextOf(trace)));
}

/**
 * Runs a function with a span as the active one, so that spans which it starts are children.
 *
 * @example
 * ```ts
 * import { runInSpan } from "@mesh/runtime";
 * import { trace } from "@opentelemetry/api";
 *
 * const span = trace.getTracer("prices").startSpan("price");
 * runInSpan(span, (amount) => amount * 2, 21); // 42
 * span.end();
 * ```
 */
export function runInSpan<A, R>(span: Span, run: (argument: A) => R, argument: A): R {
  return context.with(traceApi.setSpan(context.active(), span), run, undefined, argument);
}

/**
 * Ends the span of a piece of work.
 *
 * @param errorType the class of its error: a code, never a text. Undefined: it is no failure
 *
 * @example
 * ```ts
 * import { endSpan } from "@mesh/runtime";
 * import { trace } from "@opentelemetry/api";
 *
 * endSpan(trace.getTracer("prices").startSpan("price"), "NOT_FOUND");
 * ```
 */
export function endSpan(span: Span, errorType?: string): void {
  try {
    if (errorType !== undefined) span.setAttribute("error.type", errorType).setStatus({ code: SpanStatusCode.ERROR });
    span.end();
  } catch (error) {
    diag.error("a span could not be ended", error);
  }
}

/**
 * Returns the class of an error: the code of a MeshError, or `_OTHER`. There are a few of them, whatever is thrown.
 *
 * @example
 * ```ts
 * import { errorTypeOf } from "@mesh/runtime";
 *
 * errorTypeOf(new TypeError("x is not a function")); // "_OTHER"
 * ```
 */
export function errorTypeOf(error: unknown): string {
  return error instanceof MeshError ? error.code : "_OTHER";
}

function isTrace(parent: TraceContext | Context | undefined): parent is TraceContext {
  return parent !== undefined && "traceId" in parent;
}

function isOn(span: Span): boolean {
  return span.isRecording() || (span.spanContext().traceFlags & TraceFlags.SAMPLED) !== 0;
}

function traceOf(span: Span): TraceContext {
  const { traceId, spanId, traceFlags, traceState } = span.spanContext();
  // In a part of a process where tracing is suppressed, the span has no ids.
  if (traceId === INVALID_TRACEID) return newTrace();
  const state = traceState?.serialize();
  return {
    traceId,
    spanId,
    sampled: (traceFlags & TraceFlags.SAMPLED) !== 0,
    ...(state && { state }),
    ...(span.isRecording() && { span }),
  };
}

function spanContextOf({ traceId, spanId, sampled, state }: TraceContext): SpanContext {
  const traceFlags = sampled ? TraceFlags.SAMPLED : TraceFlags.NONE;
  return { traceId, spanId, traceFlags, isRemote: true, ...(state && { traceState: createTraceState(state) }) };
}
