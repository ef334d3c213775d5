import { setMaxListeners } from "node:events";
import { MeshError } from "@mesh/contracts";

/**
 * Calls back once when a signal aborts, immediately if it already has.
 *
 * @returns a function that ends the wait; without it a long-lived signal would keep every call in memory
 */
export function onAbort(signal: AbortSignal | undefined, listener: (reason: unknown) => void): () => void {
  if (!signal) return () => {};
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
export function abortError(reason: unknown, what: string): MeshError {
  if (reason instanceof MeshError) return reason;
  const isTimeout = reason instanceof DOMException && reason.name === "TimeoutError";
  const code = isTimeout ? "DEADLINE_EXCEEDED" : "CANCELLED";
  return new MeshError({ code, message: `${what} was ended by its caller`, cause: reason });
}
