import { MeshError, type MethodDefinition } from "@mesh/contracts";
import { MuxStreamRequestMessage } from "@mesh/contracts/protocols/mesh/v1/mux.messages";
import { decodeReceived } from "../pooled-reader.ts";
import { retryLaterMs } from "../retry-later.ts";
import type { IncomingStream, Route } from "../server/incoming-stream.ts";
import { tooSilent, withinSilence } from "../server/silence.ts";
import { BatchingStream } from "./batching-stream.ts";
import { maxPartBytes } from "./limits.ts";
import { sendable, unimplemented } from "./sendable.ts";

/** How long the request may take after the headers, in milliseconds. */
const requestMs = 2_000;

/** The most calls whose request is read at a time: it comes before the limits of the server. */
const maxReading = 256;

/** The largest request with its path, in bytes. Clients send larger ones the plain way. */
const maxRequestBytes = maxPartBytes + 4_096;

/** Returns the route of `mesh.v1.Mux/Stream`. @param routes those of the methods that stream responses, by their path */
export function muxStreamRoute(routes: ReadonlyMap<string, Route>, method: MethodDefinition): Route {
  let reading = 0;

  return (stream) => {
    let isOver = false;
    let leave = () => {};

    async function begin(): Promise<void> {
      if (reading >= maxReading) throw tooMany;
      reading += 1;
      try {
        const request = readRequest(stream);
        const { path, message } = await withinSilence(requestMs, request, () => end(tooSilent(method, requestMs)));
        if (isOver) return;
        const route = routes.get(path);
        if (!route) return stream.end(unimplemented(path));
        const batching = new BatchingStream(stream, message);
        const leaveRoute = route(batching);
        leave = () => {
          batching.leave();
          leaveRoute();
        };
      } finally {
        reading -= 1;
      }
    }

    function end(error: MeshError): void {
      isOver = true;
      stream.end(sendable(error));
    }

    begin().catch((error: unknown) => end(error instanceof MeshError ? error : internal));
    return () => {
      isOver = true;
      leave();
    };
  };
}

const internal = new MeshError({ code: "INTERNAL", message: "internal error" });
const tooMany = new MeshError({
  code: "RESOURCE_EXHAUSTED",
  message: `the requests of ${maxReading} streams are being read already`,
  retryAfterMs: retryLaterMs,
});

async function readRequest(stream: IncomingStream) {
  const bytes = await stream.receive();
  if (!bytes || (await stream.receive()) !== undefined) {
    throw new MeshError({ code: "INVALID_ARGUMENT", message: "one request message is expected" });
  }
  if (bytes.length > maxRequestBytes) {
    throw new MeshError({ code: "INVALID_ARGUMENT", message: `the request has over ${maxRequestBytes} bytes` });
  }
  return decodeReceived(MuxStreamRequestMessage, bytes);
}
