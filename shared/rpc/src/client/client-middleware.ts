import { childSpan, newTrace, setTraceHeaders } from "@mesh/runtime";
import { deadlineExceeded, timeoutFor } from "../deadline.ts";
import { isKeptFromCalls } from "../tokens/received-token.ts";
import { addToken } from "../tokens/token-headers.ts";
import { validateRequest } from "../validate-request.ts";
import { coalesceCalls } from "./coalesce.ts";
import type { ClientMiddleware, OutgoingCall } from "./outgoing-call.ts";
import { retryCalls } from "./retry.ts";

/** The part of its own deadline that a handler keeps from the calls it makes, to pass on their failure, in milliseconds. */
const hopReserveMs = 50;

/**
 * Gives every call a deadline: what the caller asks for, or the policy of the mesh or the contract says, and at most what is
 * left of the scope, minus 50 ms.
 *
 * @throws MeshError DEADLINE_EXCEEDED if no time is left
 *
 * @example
 * ```ts
 * import { defaultClientMiddleware, setDeadline } from "@mesh/rpc";
 *
 * const without = defaultClientMiddleware.filter((step) => step !== setDeadline);
 * ```
 */
export function setDeadline(call: OutgoingCall, next: () => Promise<unknown>): Promise<unknown> {
  const { method, context } = call;
  const leftMs = context ? context.deadline - Date.now() - hopReserveMs : Number.POSITIVE_INFINITY;
  if (leftMs <= 0) throw deadlineExceeded(method);
  call.timeoutMs = Math.min(timeoutFor(method, call.timeoutMs, call.policy.deadlineMs), leftMs);
  return next();
}

/**
 * Sends the trace that a call belongs to; a call outside of a scope starts one.
 *
 * @example
 * ```ts
 * import { defaultClientMiddleware, sendTrace } from "@mesh/rpc";
 *
 * const without = defaultClientMiddleware.filter((step) => step !== sendTrace);
 * ```
 */
export function sendTrace(call: OutgoingCall, next: () => Promise<unknown>): Promise<unknown> {
  const { context, trace, headers } = call;
  setTraceHeaders(headers, trace ?? (context ? childSpan(context.trace) : newTrace()));
  return next();
}

/**
 * Sends for whom a call is made, if that is known, as a token: the one that was received with the principal, or one that is
 * signed by this process. A process without a certificate can sign none, so its calls have no principal. Neither
 * have the calls that are made while an event is handled: the publisher of the event proves its principal only to its consumers.
 *
 * @example
 * ```ts
 * import { defaultClientMiddleware, sendPrincipal } from "@mesh/rpc";
 *
 * const without = defaultClientMiddleware.filter((step) => step !== sendPrincipal);
 * ```
 */
export function sendPrincipal(call: OutgoingCall, next: () => Promise<unknown>): Promise<unknown> {
  const { context, headers, tokens, timeoutMs } = call;
  if (!context?.principal || !tokens || isKeptFromCalls(context.principal)) return next();
  const untilMs = timeoutMs === undefined ? context.deadline : Date.now() + timeoutMs;
  const token = tokens.issue(context.principal, untilMs);
  if (typeof token === "string") {
    addToken(headers, token);
    return next();
  }
  return token.then((issued) => {
    addToken(headers, issued);
    return next();
  });
}

/**
 * Delays calls and lets them fail, if the policy of the mesh simulates faults.
 *
 * @example
 * ```ts
 * import { defaultClientMiddleware, simulateFaults } from "@mesh/rpc";
 *
 * const without = defaultClientMiddleware.filter((step) => step !== simulateFaults);
 * ```
 */
export function simulateFaults(call: OutgoingCall, next: () => Promise<unknown>): Promise<unknown> {
  const { fault } = call.policy;
  return fault ? fault.apply(call).then(next) : next();
}

/** The steps around every call of a connection unless `middleware` says otherwise, the first one outermost. */
export const defaultClientMiddleware: readonly ClientMiddleware[] = [
  validateRequest,
  setDeadline,
  retryCalls,
  sendTrace,
  sendPrincipal,
  simulateFaults,
  coalesceCalls,
];
