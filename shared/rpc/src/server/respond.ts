import { MeshError } from "@mesh/contracts";
import { onAbort } from "../abort.ts";
import { maxResponseBytes } from "../limits.ts";
import type { ReceivedCall } from "./server-call.ts";

/** Sends one response. @throws MeshError RESOURCE_EXHAUSTED if it is larger than 4 MiB */
export function respond({ stream, method: { output } }: ReceivedCall, response: unknown): Promise<void> {
  const bytes = output.encode(response);
  if (bytes.length <= maxResponseBytes) return stream.send(bytes);
  const message = `a response of ${bytes.length} bytes is over the limit of ${maxResponseBytes}`;
  throw new MeshError({ code: "RESOURCE_EXHAUSTED", message });
}

/** Sends responses as they come, each once there is room for it. If the call ends before the source, the source ends. */
export async function respondAll(call: ReceivedCall, responses: AsyncIterable<unknown>): Promise<void> {
  const source = responses[Symbol.asyncIterator]();
  const leave = async () => void (await source.return?.());
  // A source that waits for something, as most do, would otherwise wait on after the call.
  const forget = onAbort(call.context.signal, () => void leave().catch(() => undefined));
  try {
    for (let step = await source.next(); !step.done; step = await source.next()) {
      try {
        await respond(call, step.value);
      } catch (error) {
        await leave();
        throw error;
      }
    }
  } finally {
    forget();
  }
}
