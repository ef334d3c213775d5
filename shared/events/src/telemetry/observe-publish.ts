import { endSpan, errorTypeOf, parentOf, startSpan, type TraceContext } from "@mesh/runtime";
import { ROOT_CONTEXT, SpanKind, type SpanOptions } from "@opentelemetry/api";
import type { EventName } from "../outgoing-event.ts";
import { tracing } from "./instruments.ts";

const optionsOf = new Map<string, SpanOptions>();

/**
 * Starts the span of an event that is published, of which its handling is a child. Returns the trace of the sender if it is not
 * recorded.
 */
export function startPublish({ subject }: EventName, id: string, sender: TraceContext): TraceContext {
  const { tracer } = tracing;
  const parent = tracer && parentOf(sender);
  if (!parent || parent === ROOT_CONTEXT) return sender;
  const trace = startSpan(tracer, `publish ${subject}`, spanOptions(subject), parent);
  trace.span?.setAttribute("messaging.message.id", id);
  return trace.span ? trace : sender;
}

/** Puts an event into the outbox, and ends its span. @param trace what `startPublish` has returned */
export async function observePublish(
  trace: TraceContext,
  sender: TraceContext,
  publish: () => Promise<unknown>,
): Promise<void> {
  if (trace === sender || !trace.span) return void (await publish());
  let errorType: string | undefined;
  try {
    await publish();
  } catch (error) {
    errorType = errorTypeOf(error);
    throw error;
  } finally {
    endSpan(trace.span, errorType);
  }
}

function spanOptions(subject: string): SpanOptions {
  let options = optionsOf.get(subject);
  if (!options) {
    const attributes = {
      "messaging.system.name": "nats",
      "messaging.destination.name": subject,
      "messaging.operation.name": "publish",
      "messaging.operation.type": "create",
    };
    options = { kind: SpanKind.PRODUCER, attributes };
    optionsOf.set(subject, options);
  }
  return options;
}
