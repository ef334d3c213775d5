/**
 * Passes values on until the signal aborts. Then it ends with an AbortError, which tRPC does not pass on: the client
 * sees a connection that was lost and opens the subscription again. An ordinary end would tell it that all is said.
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

function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw new DOMException("the stream was ended", "AbortError");
}
