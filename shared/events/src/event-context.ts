import type { Principal } from "@mesh/contracts";
import {
  childSpan,
  type Logger,
  logFieldsOf,
  newTrace,
  parseTrace,
  type Scope,
  type TraceContext,
  traceHeader,
  traceStateHeader,
} from "@mesh/runtime";
import type { EventMessage } from "./event-message.ts";

/** The context of one attempt to handle an event. */
export interface EventContext extends Scope {
  signal: AbortSignal;
  deadline: number;
  principal: Principal | undefined;
  trace: TraceContext;
  readonly id: string;
  readonly subject: string;
  readonly key: string;
}

/** Makes a context, whose trace and logger are made when they are first used. @param log the logger of the service */
export function openEventContext(
  message: EventMessage,
  key: string,
  { signal, log: baseLog }: Pick<Scope, "signal" | "log">,
): EventContext {
  let trace: TraceContext | undefined;
  let log: Logger | undefined;
  const traceNow = () => {
    trace ??= traceOf(message);
    return trace;
  };
  // A copy of it is complete: these are its own properties.
  return {
    signal,
    deadline: Number.POSITIVE_INFINITY,
    principal: undefined,
    subject: message.subject,
    key,
    get id() {
      return message.id;
    },
    get trace() {
      return traceNow();
    },
    set trace(entered) {
      trace = entered;
      log = undefined;
    },
    get log() {
      log ??= baseLog.child(logFieldsOf(traceNow()));
      return log;
    },
  };
}

/** Returns the span of the publisher; undefined: it sent none. */
export function parentOf(message: EventMessage): TraceContext | undefined {
  return parseTrace(headerOf(message, traceHeader), headerOf(message, traceStateHeader));
}

/** Returns a header of an event; undefined: it was not sent. */
export function headerOf({ headers }: EventMessage, name: string): string | undefined {
  return (Object.hasOwn(headers, name) && headers[name]) || undefined;
}

function traceOf(message: EventMessage): TraceContext {
  const parent = parentOf(message);
  return parent ? childSpan(parent) : newTrace();
}
