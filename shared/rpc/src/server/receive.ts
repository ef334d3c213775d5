import { MeshError } from "@mesh/contracts";
import { readRequest } from "../validation.ts";
import type { ServerCall } from "./call.ts";

/** Reads and checks the one request of a call. */
export async function receiveOne({ stream, method }: ServerCall): Promise<unknown> {
  const bytes = await stream.receive();
  if (bytes && (await stream.receive()) === undefined) return readRequest(method.input, bytes);
  const message = bytes ? "only one request message is expected" : "a request message is missing";
  throw new MeshError({ code: "INVALID_ARGUMENT", message });
}

/** The requests of a call, each checked, read as fast as they are taken. A loop over them can be left. */
export async function* receiveAll({ stream, method }: ServerCall): AsyncGenerator<unknown> {
  for (let bytes = await stream.receive(); bytes; bytes = await stream.receive())
    yield readRequest(method.input, bytes);
}
