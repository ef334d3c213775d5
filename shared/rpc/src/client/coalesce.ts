import { MeshError } from "@mesh/contracts";
import { traceHeader, traceStateHeader } from "@mesh/runtime";
import { deadlineExceeded } from "../deadline.ts";
import type { OutgoingCall } from "./outgoing-call.ts";

/**
 * Sends calls once that are open at the same time and equal, of methods whose contract has `coalesce`. Equal are those with the
 * same request, headers and principal. Each further caller gets a copy of the response, or the error; its own time and signal
 * hold. If the first caller leaves, the others call by themselves.
 *
 * @example
 * ```ts
 * import { coalesceCalls, defaultClientMiddleware } from "@mesh/rpc";
 *
 * const without = defaultClientMiddleware.filter((step) => step !== coalesceCalls);
 * ```
 */
export function coalesceCalls(call: OutgoingCall, next: () => Promise<unknown>): Promise<unknown> {
  if (!call.method.coalesce) return next();
  const key = keyOf(call);
  const open = call.shared.get(key);
  if (open) return follow(call, open, next);
  const response = next();
  call.shared.set(key, response);
  // Resolves after those that follow have copied the response: from then on, this caller may change it.
  return response.finally(() => call.shared.delete(key));
}

async function follow(call: OutgoingCall, open: Promise<unknown>, next: () => Promise<unknown>): Promise<unknown> {
  let failure: unknown;
  const startedAt = Date.now();
  const copy = open.then(
    (response) => structuredClone(response),
    (error: unknown) => {
      failure = error;
    },
  );
  const response = await call.until(copy);
  if (failure === undefined) return response;
  if (!isEndOfCaller(failure)) throw failure;
  if (call.timeoutMs !== undefined) call.timeoutMs -= Date.now() - startedAt;
  if (call.timeoutMs !== undefined && call.timeoutMs <= 0) throw deadlineExceeded(call.method);
  // One of those that have waited is the first now.
  return coalesceCalls(call, next);
}

/** Returns whether a call may have failed only because its caller has left, or had too little time. */
function isEndOfCaller(error: unknown): boolean {
  return error instanceof MeshError && (error.code === "CANCELLED" || error.code === "DEADLINE_EXCEEDED");
}

/** What is sent decides, so this step must be the last one. The trace is that of the first caller. */
function keyOf({ method, request, headers }: OutgoingCall): string {
  const bytes = Buffer.from(method.input.encode(request)).toString("base64");
  const { [traceHeader]: _, [traceStateHeader]: __, ...sent } = headers;
  return JSON.stringify([method.path, bytes, sent]);
}
