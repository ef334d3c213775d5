import type { Principal } from "@mesh/contracts";
import {
  childSpan,
  type Logger,
  type LogLevel,
  logFieldsOf,
  newTrace,
  parseTrace,
  type TraceContext,
  traceHeader,
  traceStateHeader,
} from "@mesh/runtime";
import type { Span } from "@opentelemetry/api";
import type { CallHeaders, CallScope } from "./server-call.ts";

/** The scope of a call. Its signal, trace and logger are made when they are first used: most handlers use few of them. */
export class CallContext implements CallScope {
  readonly call: CallHeaders;
  readonly deadline: number;
  principal: Principal | undefined = undefined;
  /** The span of the call; undefined: it is not recorded. */
  span: Span | undefined;
  readonly #baseLog: Logger;
  #controller: AbortController | undefined;
  /** What a middleware has put in its place. */
  #signal: AbortSignal | undefined;
  #reason: Error | undefined;
  #trace: TraceContext | undefined;
  #log: Logger | undefined;

  /** @param log the logger of the server */
  constructor(call: CallHeaders, deadline: number, log: Logger) {
    this.call = call;
    this.deadline = deadline;
    this.#baseLog = log;
  }

  get signal(): AbortSignal {
    if (this.#signal) return this.#signal;
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.#reason) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }

  set signal(signal: AbortSignal) {
    this.#signal = signal;
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

  /** The span of the caller; undefined: it sent none. */
  get parent(): TraceContext | undefined {
    return parseTrace(this.call.header(traceHeader), this.call.header(traceStateHeader));
  }

  get log(): Logger {
    this.#log ??= this.#baseLog.child(logFieldsOf(this.trace));
    return this.#log;
  }

  set log(log: Logger) {
    this.#log = log;
  }

  /** The error that the call was aborted with; undefined: it was not. */
  get reason(): Error | undefined {
    return this.#reason;
  }

  /** Returns whether lines of a level are written, without making a logger. */
  isLogged(level: LogLevel): boolean {
    return (this.#log ?? this.#baseLog).isLevelEnabled(level);
  }

  /** Aborts the signal. */
  abort(reason: Error): void {
    if (this.#reason) return;
    this.#reason = reason;
    this.#controller?.abort(reason);
  }
}
