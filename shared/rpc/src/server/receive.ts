import { setImmediate as nextTurn, setTimeout as pause } from "node:timers/promises";
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

/**
 * The requests of a call, each checked, read as fast as they are taken. A loop over them can be left; where the call
 * fails, it throws.
 */
export function receiveAll(call: ServerCall): AsyncIterable<unknown> {
  const requests = readAll(call);
  const next = requests.next.bind(requests);
  requests.next = () => {
    const step = next();
    step.catch(() => {}); // A handler that reads ahead may have left when it fails: that must not end the process.
    return step;
  };
  return requests;
}

/**
 * A caller on Node that cancels says first that it is done (`Http2Stream.close` ends the stream before it resets it): who
 * believed that at once would keep half of what it meant to send. The reset follows in the same breath.
 */
const resetGraceMs = 10;

async function* readAll({ stream, method, scope }: ServerCall): AsyncGenerator<unknown> {
  for (let bytes = await stream.receive(); bytes; bytes = await stream.receive())
    yield readRequest(method.input, bytes);
  await pause(resetGraceMs);
  // Where this process was busy, what has arrived meanwhile is read now.
  await nextTurn();
  await nextTurn();
  scope.signal.throwIfAborted();
}
