import { setMaxListeners } from "node:events";
import { MeshError } from "@mesh/contracts";
import type { Scope } from "@mesh/runtime";

/** The limits of the work that statements belong to: a call, the handling of an event, or one run of a task. */
export type StoreScope = Pick<Scope, "signal" | "deadline"> & Partial<Pick<Scope, "trace">>;

/**
 * Returns the error of work that was cancelled or whose deadline has passed. Undefined if it may go on.
 *
 * @param earlyMs by how many milliseconds the deadline may still be away
 */
export function endOf({ signal, deadline }: StoreScope, earlyMs = 0): MeshError | undefined {
  if (signal.aborted) return abortError(signal.reason);
  // A busy process runs the timer of the deadline late.
  if (Date.now() + earlyMs < deadline) return undefined;
  return new MeshError({ code: "DEADLINE_EXCEEDED", message: "no time was left for the database" });
}

/** @throws MeshError DEADLINE_EXCEEDED or CANCELLED, or the reason of the signal if it is a MeshError */
export function checkScope(scope: StoreScope | undefined): void {
  const error = scope && endOf(scope);
  if (error) throw error;
}

/** Calls back when a scope that has not ended is cancelled. @returns a function that ends the wait */
export function onAbort({ signal }: StoreScope, listener: () => void): () => void {
  // Node warns of a leak at the eleventh listener, and a handler may run a hundred statements at the same time.
  setMaxListeners(0, signal);
  signal.addEventListener("abort", listener);
  return () => signal.removeEventListener("abort", listener);
}

function abortError(reason: unknown): MeshError {
  if (reason instanceof MeshError) return reason;
  const isTimeout = reason instanceof DOMException && reason.name === "TimeoutError";
  const code = isTimeout ? "DEADLINE_EXCEEDED" : "CANCELLED";
  return new MeshError({ code, message: "the work was ended by its caller", cause: reason });
}
