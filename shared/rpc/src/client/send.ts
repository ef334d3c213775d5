import type { OutgoingCall } from "./transport.ts";

/**
 * Sends messages as they come, each once there is room for it. Where that fails, the call ends with the error, and when
 * the call ends, so does the source.
 */
export async function sendAll(
  call: OutgoingCall,
  messages: AsyncIterable<unknown>,
  encode: (message: unknown) => Uint8Array,
): Promise<void> {
  const source = messages[Symbol.asyncIterator]();
  // A source that waits for something, as most do, would else wait on after the call.
  void call.ended.then(() => source.return?.()).catch(() => undefined);
  try {
    for (let step = await source.next(); !step.done; step = await source.next()) await call.send(encode(step.value));
    call.finish();
  } catch (error) {
    call.cancel(error instanceof Error ? error : new Error(String(error)));
  }
}
