import { endSpan, errorTypeOf, parentOf, startSpan, type TraceContext } from "@mesh/runtime";
import { ROOT_CONTEXT, SpanKind, type SpanOptions } from "@opentelemetry/api";
import type { Sender } from "../stored-job.ts";
import { system, tracing } from "./instruments.ts";

const optionsOf = new Map<string, SpanOptions>();

/** Enqueues a job in a span, of which its attempts are children. */
export async function observeEnqueue<R>(
  name: string,
  id: string,
  sender: Sender,
  run: (trace: TraceContext) => Promise<R>,
): Promise<R> {
  const { tracer } = tracing;
  const parent = tracer && parentOf(sender.trace);
  if (!parent || parent === ROOT_CONTEXT) return run(sender.trace);
  const trace = startSpan(tracer, `enqueue ${name}`, options(name), parent);
  trace.span?.setAttribute("messaging.message.id", id);
  let errorType: string | undefined;
  try {
    return await run(trace.span ? trace : sender.trace);
  } catch (error) {
    errorType = errorTypeOf(error);
    throw error;
  } finally {
    if (trace.span) endSpan(trace.span, errorType);
  }
}

function options(name: string): SpanOptions {
  let known = optionsOf.get(name);
  if (!known) {
    const attributes = {
      "messaging.system.name": system,
      "messaging.destination.name": name,
      "messaging.operation.name": "enqueue",
      "messaging.operation.type": "send",
    };
    known = { kind: SpanKind.PRODUCER, attributes };
    optionsOf.set(name, known);
  }
  return known;
}
