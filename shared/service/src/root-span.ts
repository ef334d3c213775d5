import { endSpan, errorTypeOf, runInSpan, startSpan, type TraceContext, Tracing } from "@mesh/runtime";

const tracing = new Tracing("@mesh/service");

/** The kind of the spans is internal, and they have no attributes. */
const options = {};

/**
 * Runs work that no call or event has begun, as a trace of its own, in which calls and statements are children of its span.
 *
 * @param work gets the trace for its scope; undefined: no SDK of OpenTelemetry is registered
 */
export async function runInRootSpan<R>(
  name: string,
  work: (trace: TraceContext | undefined) => Promise<R>,
): Promise<R> {
  const { tracer } = tracing;
  const trace = tracer && startSpan(tracer, name, options, undefined);
  if (!trace?.span) return work(trace);
  let errorType: string | undefined;
  try {
    return await runInSpan(trace.span, work, trace);
  } catch (error) {
    errorType = errorTypeOf(error);
    throw error;
  } finally {
    endSpan(trace.span, errorType);
  }
}
