import { endSpan, errorTypeOf, runInSpan, startSpan, type TraceContext } from "@mesh/runtime";
import { type Attributes, SpanKind, type SpanOptions } from "@opentelemetry/api";
import { attributesOf, metering, tracing } from "./instruments.ts";

/** An attempt, for its span. */
export interface ObservedAttempt {
  readonly id: string;
  readonly attempt: number;
  /** The span that enqueued the job. */
  readonly parent: TraceContext | undefined;
}

/** How an attempt has ended: an error if it failed; `isLast` if the job then has failed, too. */
export interface AttemptEnd {
  readonly error?: unknown;
  readonly isLast?: boolean;
}

/** Counts a job that has failed because it ends its processes. */
export function observeKiller(service: string, name: string): void {
  metering.instruments?.failures.add(1, attributesOf(service, name));
}

/** Runs an attempt. */
type Run = (trace: TraceContext | undefined) => Promise<AttemptEnd>;

/**
 * Makes the function that runs the attempts of a job, each with a span and a measurement, by OpenTelemetry's conventions for
 * messaging. While no SDK is registered, it only runs them.
 */
export function observeAttempts(service: string, name: string) {
  const common = attributesOf(service, name);
  const attributes = { ...common, "messaging.operation.name": "process", "messaging.operation.type": "process" };
  const options: SpanOptions = { kind: SpanKind.CONSUMER, attributes };
  /** By the class of the error. */
  const measured = new Map<string | undefined, Attributes>();
  const withError = (errorType: string | undefined) => {
    const known = measured.get(errorType) ?? { ...common, ...(errorType !== undefined && { "error.type": errorType }) };
    measured.set(errorType, known);
    return known;
  };
  const { retries, failures } = metering.instruments ?? {};
  // Prometheus sees no increase of a series that begins with 1.
  for (const counter of [retries, failures]) counter?.add(0, common);

  return async (call: ObservedAttempt, run: Run): Promise<void> => {
    const { tracer } = tracing;
    if (!tracer && !metering.instruments) return void (await run(undefined));
    const startedAt = performance.now();
    const isRecorded = tracer && call.parent?.sampled !== false;
    const trace = isRecorded ? startSpan(tracer, `process ${name}`, options, call.parent) : undefined;
    const span = trace?.span;
    span?.setAttribute("messaging.message.id", call.id).setAttribute("typemesh.job.attempt", call.attempt);
    const { error, isLast } = await (span ? runInSpan(span, run, trace) : run(trace));
    const errorType = error === undefined ? undefined : errorTypeOf(error);
    const { instruments } = metering;
    instruments?.duration.record((performance.now() - startedAt) / 1_000, withError(errorType));
    if (error !== undefined) (isLast ? instruments?.failures : instruments?.retries)?.add(1, common);
    if (span) endSpan(span, errorType);
  };
}
