import type { Principal } from "@mesh/contracts";
import type { Logger } from "./log.ts";
import { childSpan, logFieldsOf, newTrace, type TraceContext } from "./trace-context.ts";

/** The context of one call or one event, which is passed on to the work that is done for it. */
export interface Scope {
  /** Aborts when the caller cancels, time is up, or the process ends. */
  readonly signal: AbortSignal;
  /** The deadline, in milliseconds since the epoch. */
  readonly deadline: number;
  /** The customer or service that the work is done for. Undefined if the caller sent none. */
  readonly principal: Principal | undefined;
  readonly trace: TraceContext;
  /** A logger that adds the ids of the trace and the span to every line. */
  readonly log: Logger;
}

/** A scope that lives no longer than a request, of which the end costs less to notice than a listener of its signal does. */
export interface ShortScope extends Scope {
  /** Calls back when the signal aborts, immediately if it has. The listener is kept as long as the scope. */
  onAbort(listener: (reason: unknown) => void): void;
}

/** Returns whether a scope is a `ShortScope`. */
export function isShort(scope: Scope | undefined): scope is ShortScope {
  return scope !== undefined && "onAbort" in scope;
}

/** The parts of a scope. */
export interface ScopeInit {
  readonly signal: AbortSignal;
  /** The longest that the work may take, in milliseconds. */
  readonly timeoutMs: number;
  readonly log: Logger;
  readonly principal?: Principal | undefined;
  /** The span that the work is part of. Default: a new trace. */
  readonly parent?: TraceContext | undefined;
  /** The span of the work itself. Default: a new one below `parent`. */
  readonly trace?: TraceContext | undefined;
}

/**
 * Opens the scope of one piece of work.
 *
 * @example
 * ```ts
 * import { createLogger, openScope } from "@mesh/runtime";
 *
 * const log = createLogger({ name: "notes", level: "silent" });
 * const scope = openScope({ signal: AbortSignal.timeout(5_000), timeoutMs: 5_000, log });
 * scope.log.info("the line has a trace id");
 * ```
 */
export function openScope({ signal, timeoutMs, log, principal, parent, ...init }: ScopeInit): Scope {
  const trace = init.trace ?? (parent ? childSpan(parent) : newTrace());
  return {
    signal,
    deadline: Date.now() + timeoutMs,
    principal,
    trace,
    log: log.child(logFieldsOf(trace)),
  };
}
