import { endSpan, errorTypeOf, runInSpan, startSpan } from "@mesh/runtime";
import { type Attributes, type Span, SpanKind, type SpanOptions } from "@opentelemetry/api";
import type { Delivery } from "../delivery.ts";
import { InvalidEvent } from "../invalid-event.ts";
import { metering, tracing } from "./instruments.ts";

/** Handles an event. */
type Handle = (delivery: Delivery) => Promise<unknown>;

/** The class of errors that say that an event breaks its contract. */
const invalid = "INVALID_EVENT";

/**
 * Makes the function that handles the events of a consumer with a span and a measurement of each attempt, by OpenTelemetry's
 * conventions for messaging. While no SDK is registered, it only handles them.
 */
export function observeDeliveries(subject: string, consumer: string, handle: Handle): Handle {
  const common = {
    "messaging.system.name": "nats",
    "messaging.destination.name": subject,
    "messaging.consumer.group.name": consumer,
    "messaging.operation.name": "process",
  };
  const name = `process ${subject}`;
  const options: SpanOptions = {
    kind: SpanKind.CONSUMER,
    attributes: { ...common, "messaging.operation.type": "process" },
  };
  /** By the class of the error. */
  const measured = new Map<string | undefined, Attributes>();

  const counted = attributesOf(undefined);
  const { redeliveries, retries, deadLetters } = metering.instruments ?? {};
  // Prometheus sees no increase of a series that begins with 1.
  for (const counter of [redeliveries, retries, deadLetters]) counter?.add(0, counted);

  function attributesOf(errorType: string | undefined): Attributes {
    let attributes = measured.get(errorType);
    if (!attributes) {
      attributes = Object.freeze({ ...common, ...(errorType !== undefined && { "error.type": errorType }) });
      measured.set(errorType, attributes);
    }
    return attributes;
  }

  async function observe(delivery: Delivery): Promise<unknown> {
    const startedAt = performance.now();
    const span = start(delivery, name, options);
    if (delivery.isRepeated) metering.instruments?.redeliveries.add(1, counted);
    let failure: unknown;
    try {
      const result = await (span ? runInSpan(span, handle, delivery) : handle(delivery));
      failure = delivery.deadLettered;
      return result;
    } catch (error) {
      failure = error ?? new Error("rejected");
      if (!delivery.closing.aborted) metering.instruments?.retries.add(1, counted);
      throw error;
    } finally {
      const errorType = failure === undefined ? undefined : classOf(failure);
      metering.instruments?.duration.record((performance.now() - startedAt) / 1_000, attributesOf(errorType));
      if (delivery.deadLettered !== undefined) metering.instruments?.deadLetters.add(1, counted);
      if (span) endSpan(span, errorType);
    }
  }

  return (delivery) => (tracing.tracer || metering.instruments ? observe(delivery) : handle(delivery));
}

/** Starts the span of an attempt, as a child of that of the publisher, and puts it into the context of the handler. */
function start(delivery: Delivery, name: string, options: SpanOptions): Span | undefined {
  const { tracer } = tracing;
  const { parent, id, attempt } = delivery;
  if (!tracer || parent?.sampled === false) return undefined;
  const trace = startSpan(tracer, name, options, parent);
  delivery.enter(trace);
  trace.span?.setAttribute("messaging.message.id", id).setAttribute("typemesh.event.attempt", attempt);
  return trace.span;
}

function classOf(error: unknown): string {
  return error instanceof InvalidEvent ? invalid : errorTypeOf(error);
}
