import type { MethodDefinition } from "@mesh/contracts";
import { runInSpan, startSpan } from "@mesh/runtime";
import type { CallCounts } from "../server/call-counts.ts";
import type { RunCall } from "../server/implement.ts";
import type { ReceivedCall } from "../server/received-call.ts";
import { metering, tracing } from "./instruments.ts";
import { type CallStatus, MethodTelemetry } from "./method-telemetry.ts";

/** Observes the calls that a server gets. */
export interface ServerObserver {
  /** Starts the span of a call, if it is recorded. Returns when the call began, by `performance.now()`; undefined: it is not observed. */
  begin(call: ReceivedCall): number | undefined;
  /** Runs a call in its span. */
  run(call: ReceivedCall, run: RunCall): Promise<unknown>;
  /** Ends the span and measures the call. @param startedAt what `begin` has returned */
  end(call: ReceivedCall, startedAt: number | undefined, status: CallStatus): void;
}

const unobserved: ServerObserver = {
  begin: () => undefined,
  run: (call, run) => run(call),
  end() {},
};

/** Makes the observer of a method's calls. While no OpenTelemetry SDK is registered, it only counts. @param counts undefined: does nothing */
export function observeServer(method: MethodDefinition, counts: CallCounts | undefined): ServerObserver {
  if (!counts) return unobserved;
  const telemetry = new MethodTelemetry(method, undefined);
  return {
    begin(call) {
      const { tracer } = tracing;
      counts.running += 1;
      // The sampler decides about a call without a trace.
      if (tracer && !call.stream.isUnsampled) {
        const { context } = call;
        context.trace = startSpan(tracer, telemetry.name, telemetry.spanOptions, context.parent);
        context.span = context.trace.span;
        context.span?.setAttribute("typemesh.rpc.timeout", (context.deadline - Date.now()) / 1_000);
      }
      return performance.now();
    },
    run(call, run) {
      const { span } = call.context;
      return span ? runInSpan(span, run, call) : run(call);
    },
    end(call, startedAt, status) {
      if (startedAt === undefined) return;
      const ms = performance.now() - startedAt;
      counts.end(ms, status);
      metering.instruments?.serverDuration.record(ms / 1_000, telemetry.attributesOf(status, call.caller));
      const { span } = call.context;
      if (span) telemetry.endSpan(span, status);
    },
  };
}
