import { MeshError } from "@mesh/contracts";
import { onAbort } from "../abort.ts";
import { maxResponseBytes } from "../limits.ts";
import type { ServerCall } from "./call.ts";

/** Sends one response. */
export async function sendOne({ stream, method: { output } }: ServerCall, response: unknown): Promise<void> {
  const bytes = output.encode(response);
  if (bytes.length <= maxResponseBytes) return stream.send(bytes);
  const message = `a response of ${bytes.length} bytes is over the limit of ${maxResponseBytes}`;
  throw new MeshError({ code: "RESOURCE_EXHAUSTED", message });
}

/** Sends responses as they come, each once there is room for it. When the call ends before the source, so does that. */
export async function sendAll(call: ServerCall, responses: AsyncIterable<unknown>): Promise<void> {
  const source = responses[Symbol.asyncIterator]();
  const leave = async () => void (await source.return?.());
  // A source that waits for something, as most do, would else wait on after the call.
  const forget = onAbort(call.scope.signal, () => void leave().catch(() => undefined));
  try {
    for (let step = await source.next(); !step.done; step = await source.next()) {
      await sendOne(call, step.value).catch(async (error: unknown) => {
        await leave();
        throw error;
      });
    }
  } finally {
    forget();
  }
}
