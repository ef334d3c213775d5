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

/** The context of one attempt to handle an event. Its trace and logger are made when they are first used. */
export class EventContext implements Scope {
  signal: AbortSignal;
  deadline = Number.POSITIVE_INFINITY;
  principal: Principal | undefined = undefined;
  readonly subject: string;
  readonly key: string;
  readonly #message: EventMessage;
  readonly #baseLog: Logger;
  #trace: TraceContext | undefined;
  #log: Logger | undefined;

  /** @param log the logger of the service */
  constructor(message: EventMessage, key: string, { signal, log }: Pick<Scope, "signal" | "log">) {
    this.signal = signal;
    this.subject = message.subject;
    this.key = key;
    this.#message = message;
    this.#baseLog = log;
  }

  get id(): string {
    return this.#message.id;
  }

  /** The span of the publisher; undefined: it sent none. */
  get parent(): TraceContext | undefined {
    return parseTrace(headerOf(this.#message, traceHeader), headerOf(this.#message, traceStateHeader));
  }

  get trace(): TraceContext {
    if (!this.#trace) {
      const { parent } = this;
      this.#trace = parent ? childSpan(parent) : newTrace();
    }
    return this.#trace;
  }

  set trace(trace: TraceContext) {
    this.#trace = trace;
  }

  get log(): Logger {
    this.#log ??= this.#baseLog.child(logFieldsOf(this.trace));
    return this.#log;
  }

  set log(log: Logger) {
    this.#log = log;
  }
}

/** Returns a header of an event; undefined: it was not sent. */
export function headerOf({ headers }: EventMessage, name: string): string | undefined {
  return (Object.hasOwn(headers, name) && headers[name]) || undefined;
}
