import type { Principal } from "@mesh/contracts";
import { type Logger, logFieldsOf, type ShortScope, type TraceContext } from "@mesh/runtime";
import type { Abortable } from "./leaving.ts";

/** The parts of the scope of a query or a mutation. */
export interface RequestScopeInit {
  readonly left: Abortable;
  /** The longest that the call may take, in milliseconds. */
  readonly timeoutMs: number;
  readonly principal: Principal;
  /** The trace of the request. */
  readonly trace: TraceContext;
  readonly log: Logger;
}

/**
 * The scope of a query or a mutation. Its signal and logger are made when they are first used: most calls use none of
 * them. Its properties are not those of a copy.
 */
export class RequestScope implements ShortScope {
  readonly deadline: number;
  readonly principal: Principal;
  /** All calls of a batch have that of the request. */
  readonly trace: TraceContext;
  readonly #left: Abortable;
  readonly #baseLog: Logger;
  #log: Logger | undefined;

  constructor({ left, timeoutMs, principal, trace, log }: RequestScopeInit) {
    this.deadline = Date.now() + timeoutMs;
    this.principal = principal;
    this.#left = left;
    this.trace = trace;
    this.#baseLog = log;
  }

  get signal(): AbortSignal {
    return this.#left.signal;
  }

  get log(): Logger {
    this.#log ??= this.#baseLog.child(logFieldsOf(this.trace));
    return this.#log;
  }

  onAbort(listener: (reason: unknown) => void): void {
    if (this.#left.onAbort) this.#left.onAbort(listener);
    else if (this.#left.signal.aborted) listener(this.#left.signal.reason);
    else this.#left.signal.addEventListener("abort", () => listener(this.#left.signal.reason), { once: true });
  }
}
