import { MeshError } from "@mesh/contracts";
import { MuxStreamRequestMessage } from "@mesh/contracts/protocols/mesh/v1/mux.messages";
import type { IncomingStream, Route } from "../server/incoming-stream.ts";
import { BatchingStream } from "./batching-stream.ts";
import { sendable, unimplemented } from "./sendable.ts";

/** How long the request may take after the headers, in milliseconds. */
const requestMs = 2_000;

/** Returns the route of `mesh.v1.Mux/Stream`. @param routes those of the methods that stream responses, by their path */
export function muxStreamRoute(routes: ReadonlyMap<string, Route>): Route {
  return (stream) => {
    let batching: BatchingStream | undefined;
    let leave = () => {};
    const timer = setTimeout(() => stream.end(sendable(late)), requestMs);

    async function begin(): Promise<void> {
      const { path, message } = await readRequest(stream);
      const route = routes.get(path);
      if (!route) return stream.end(unimplemented(path));
      batching = new BatchingStream(stream, message);
      leave = route(batching);
    }

    begin()
      .catch((error: unknown) => stream.end(sendable(error instanceof MeshError ? error : internal)))
      .finally(() => clearTimeout(timer));
    return () => {
      clearTimeout(timer);
      batching?.leave();
      leave();
    };
  };
}

const late = new MeshError({ code: "DEADLINE_EXCEEDED", message: `no request came within ${requestMs} ms` });
const internal = new MeshError({ code: "INTERNAL", message: "internal error" });

async function readRequest(stream: IncomingStream) {
  const bytes = await stream.receive();
  if (!bytes || (await stream.receive()) !== undefined) {
    throw new MeshError({ code: "INVALID_ARGUMENT", message: "one request message is expected" });
  }
  try {
    return MuxStreamRequestMessage.decode(bytes);
  } catch (cause) {
    throw new MeshError({ code: "INVALID_ARGUMENT", message: "these bytes are not a mesh.v1.MuxStreamRequest", cause });
  }
}
