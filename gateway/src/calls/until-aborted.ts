/**
 * Passes values on until the signal aborts, then ends with an AbortError. tRPC does not send this error: the client
 * sees a lost connection and opens the subscription again. An ordinary end would say that the stream is complete.
 */
export async function* untilAborted<T>(source: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  try {
    yield* source;
  } catch (error) {
    throwIfAborted(signal);
    throw error;
  }
  throwIfAborted(signal);
}

/** Returns true for the error by which `untilAborted` ends a stream. */
export function isAbortError(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}

function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw new DOMException("the gateway ended the stream", "AbortError");
}
