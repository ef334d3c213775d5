import { endSpan, errorTypeOf, runInSpan, startSpan, type TraceContext } from "@mesh/runtime";
import { tracing } from "./instruments.ts";

/** The kind of the spans is internal. */
const options = {};

/** Starts what a schedule starts as a trace of its own. */
export async function observeTick(
  name: string,
  run: (trace: TraceContext | undefined) => Promise<void>,
): Promise<void> {
  const { tracer } = tracing;
  const trace = tracer && startSpan(tracer, `schedule ${name}`, options, undefined);
  if (!trace?.span) return run(trace);
  let errorType: string | undefined;
  try {
    await runInSpan(trace.span, run, trace);
  } catch (error) {
    errorType = errorTypeOf(error);
    throw error;
  } finally {
    endSpan(trace.span, errorType);
  }
}
