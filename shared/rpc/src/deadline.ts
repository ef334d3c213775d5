import { MeshError, type MethodDefinition } from "@mesh/contracts";

const usualMs = { query: 5_000, mutation: 10_000, stream: 600_000 };
const mostMs = { unary: 60_000, stream: 600_000 };

/** Returns whether the calls of a method have a single request and a single response. */
export function isUnary(method: MethodDefinition): boolean {
  return method.kind === "unary";
}

/**
 * Returns how long a call may take, in milliseconds; there is always a limit. A contract's `deadline_ms` is both
 * the default and the most; without one a query gets 5 s, another unary call 10 s (at most 60 s), a stream 10 min.
 *
 * @param askedMs the caller's limit; undefined: it gave none. Numbers that overflow or make no sense are clamped.
 */
export function timeoutFor(method: MethodDefinition, askedMs: number | undefined): number {
  const most = method.deadlineMs ?? (isUnary(method) ? mostMs.unary : mostMs.stream);
  const asked = askedMs ?? method.deadlineMs ?? usualTimeout(method);
  return Number.isNaN(asked) ? most : Math.min(Math.max(asked, 1), most);
}

function usualTimeout(method: MethodDefinition): number {
  if (!isUnary(method)) return usualMs.stream;
  return method.idempotency === "no_side_effects" ? usualMs.query : usualMs.mutation;
}

/** The error of a call whose time is up. */
export function deadlineExceeded(method: MethodDefinition, cause?: unknown): MeshError {
  return new MeshError({ code: "DEADLINE_EXCEEDED", message: `no time was left for ${methodName(method)}`, cause });
}

/** The name of a method in messages and logs: `orders.v1.OrderService/PlaceOrder`. */
export function methodName(method: MethodDefinition): string {
  return method.path.slice(1);
}
