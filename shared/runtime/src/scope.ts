import type { Principal } from "@mesh/contracts";
import type { Logger } from "./log.ts";
import { childSpan, newTrace, type TraceContext } from "./trace.ts";

/** What belongs to one call or one event, and goes with everything done for it. */
export interface Scope {
  /** Aborts when the caller is gone, time is up, or the process must end. */
  readonly signal: AbortSignal;
  /** When time is up, in milliseconds since the epoch. */
  readonly deadline: number;
  /** Who it is done for; undefined: nobody said. */
  readonly principal: Principal | undefined;
  readonly trace: TraceContext;
  /** Writes the trace's id with every line. */
  readonly log: Logger;
}

/** What a scope is made of. */
export interface ScopeInit {
  readonly signal: AbortSignal;
  /** How long it may take, in milliseconds. */
  readonly timeoutMs: number;
  readonly log: Logger;
  readonly principal?: Principal | undefined;
  /** The trace it belongs to; default: a new one. */
  readonly parent?: TraceContext | undefined;
}

/** Opens the scope of one piece of work. */
export function openScope({ signal, timeoutMs, log, principal, parent }: ScopeInit): Scope {
  const trace = parent ? childSpan(parent) : newTrace();
  return {
    signal,
    deadline: Date.now() + timeoutMs,
    principal,
    trace,
    log: log.child({ traceId: trace.traceId }),
  };
}
