import { MeshError, type MethodDefinition } from "@mesh/contracts";
import { type Durations, parentOf, startSpan, type TraceContext } from "@mesh/runtime";
import type { Tracer } from "@opentelemetry/api";
import type { PendingCall } from "../client/outgoing-call.ts";
import { metering, tracing } from "./instruments.ts";
import { type CallStatus, MethodTelemetry } from "./method-telemetry.ts";
import { isOwnMethod } from "./own-methods.ts";

/** Runs a call. */
type RunCall = (call: PendingCall) => Promise<unknown>;

/**
 * Makes the function that runs the calls of a method with a span and a measurement of each. While no OpenTelemetry SDK is
 * registered, it only runs them.
 */
export function observeClient(method: MethodDefinition, upstream: string, run: RunCall): RunCall {
  if (isOwnMethod(method)) return run;
  const telemetry = new MethodTelemetry(method, upstream);

  function observe(call: PendingCall, tracer: Tracer | undefined, durations: Durations | undefined): Promise<unknown> {
    const startedAt = performance.now();
    call.trace = traceOf(call, tracer, telemetry);
    const end = (status: CallStatus) => {
      const seconds = (performance.now() - startedAt) / 1_000;
      durations?.record(seconds, telemetry.attributesOf(status));
      if (call.trace?.span) telemetry.endSpan(call.trace.span, status);
    };
    const fail = (error: unknown): never => {
      end(error instanceof MeshError ? error.code : "UNKNOWN");
      throw error;
    };
    try {
      return run(call).then((response) => {
        end("OK");
        return response;
      }, fail);
    } catch (error) {
      return fail(error);
    }
  }

  return (call) => {
    const { tracer } = tracing;
    const durations = metering.instruments?.clientDuration;
    return tracer || durations ? observe(call, tracer, durations) : run(call);
  };
}

/** Returns the trace of a call with its span; undefined: it has none, and belongs to the trace of its scope. */
function traceOf(
  { context }: PendingCall,
  tracer: Tracer | undefined,
  { name, spanOptions }: MethodTelemetry,
): TraceContext | undefined {
  const parent = tracer && parentOf(context?.trace);
  return parent && startSpan(tracer, name, spanOptions, parent);
}
