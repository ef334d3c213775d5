import type { IncomingMessage, ServerResponse } from "node:http";
import { limitBodyTime } from "../../http/body-time.ts";

/** Bytes of a rejected file that are read and dropped: many clients read the response only when they have sent all. */
const drainBytes = 32 * 1024 * 1024;
/** Time for that, in milliseconds. */
const drainMs = 10_000;

/** Drops the rest of a body while the response is sent. Cuts the connection of a client that goes on and on. */
export function drainBody(request: IncomingMessage, response: ServerResponse): void {
  if (request.complete || request.destroyed) return void request.resume();
  let bytes = 0;
  limitBodyTime(request, response, drainMs);
  request.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > drainBytes) request.socket.destroy();
  });
  request.on("error", () => {});
  request.resume();
}
