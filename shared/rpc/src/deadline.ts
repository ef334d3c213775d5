import { setMaxListeners } from "node:events";
import { MeshError, type MethodDefinition } from "@mesh/contracts";

const usualMs = { query: 5_000, mutation: 10_000, stream: 600_000 };
const mostMs = { unary: 60_000, stream: 600_000 };

/**
 * Returns how long a call may take, in milliseconds; there is always a limit. A contract's `deadline_ms` is both
 * the default and the most; without one a query gets 5 s, another unary call 10 s (at most 60 s), a stream 10 min.
 *
 * @param askedMs the caller's limit; undefined: it gave none. Numbers that overflow or make no sense are clamped.
 * @param policyMs what the policy of the mesh has instead of the contract's `deadline_ms`; undefined: nothing
 */
export function timeoutFor(method: MethodDefinition, askedMs: number | undefined, policyMs?: number): number {
  const declared = policyMs ?? method.deadlineMs;
  const most = declared ?? (method.kind === "unary" ? mostMs.unary : mostMs.stream);
  const asked = askedMs ?? declared ?? usualTimeout(method);
  return Number.isNaN(asked) ? most : Math.min(Math.max(asked, 1), most);
}

function usualTimeout({ kind, idempotency }: MethodDefinition): number {
  if (kind !== "unary") return usualMs.stream;
  return idempotency === "no_side_effects" ? usualMs.query : usualMs.mutation;
}

/** The longest time of a timer, in milliseconds. */
export const maxTimerMs = 2 ** 31 - 1;

/** To what a second and more are rounded up, in milliseconds. */
const stepMs = 16;

/** Rounds a time up for a timer, in milliseconds: Node keeps those of the same time in one list, which is cheap. */
export function coarseMs(ms: number): number {
  return ms < 1_000 ? ms : Math.ceil(ms / stepMs) * stepMs;
}

/** The error of a call whose time is up. */
export function deadlineExceeded(method: MethodDefinition, cause?: unknown): MeshError {
  return new MeshError({ code: "DEADLINE_EXCEEDED", message: `no time was left for ${methodName(method)}`, cause });
}

/** The name of a method in messages and logs: `orders.v1.OrderService/PlaceOrder`. */
export function methodName(method: MethodDefinition): string {
  return method.path.slice(1);
}

/**
 * Calls back once when a signal aborts, immediately if it already has.
 *
 * @returns a function that ends the wait; without it a long-lived signal would keep every call in memory
 */
export function onAbort(signal: AbortSignal, listener: (reason: unknown) => void): () => void {
  const abort = () => listener(signal.reason);
  if (signal.aborted) {
    abort();
    return () => {};
  }
  // Node warns of a leak at the eleventh listener, and a handler may make a hundred calls at the same time.
  setMaxListeners(0, signal);
  signal.addEventListener("abort", abort, { once: true });
  return () => signal.removeEventListener("abort", abort);
}

/** The error of a call that a signal ended: the signal's own if it is one, such as a deadline further up. */
export function abortError(reason: unknown, method: MethodDefinition): MeshError {
  if (reason instanceof MeshError) return reason;
  const isTimeout = reason instanceof DOMException && reason.name === "TimeoutError";
  const code = isTimeout ? "DEADLINE_EXCEEDED" : "CANCELLED";
  return new MeshError({ code, message: `${methodName(method)} was ended by its caller`, cause: reason });
}
