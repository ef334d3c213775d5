import { MeshError, type MethodDefinition } from "@mesh/contracts";
import { methodName } from "../deadline.ts";
import type { OutgoingCall } from "./transport.ts";

/** Reads the one message that a call answers with. */
export async function receiveOne(call: OutgoingCall, peer: string, method: MethodDefinition): Promise<unknown> {
  const bytes = await call.receive();
  const isLast = bytes !== undefined && (await call.receive()) === undefined;
  if (isLast) return decodeResponse(bytes, peer, method);
  const error = broken(peer, method, bytes ? "it answered more than once" : "it ended well without an answer");
  call.cancel(error);
  throw error;
}

const left = new Error("the loop was left");

/**
 * The messages that a call answers with. The call starts with the first `next`, reads as fast as they are taken, and
 * ends when the loop is left, even while it waits for a message.
 */
export function receiveAll(start: () => OutgoingCall, peer: string, method: MethodDefinition): AsyncGenerator<unknown> {
  let call: OutgoingCall | undefined;

  async function* read(): AsyncGenerator<unknown> {
    call = start();
    try {
      for (let bytes = await call.receive(); bytes; bytes = await call.receive())
        yield decodeResponse(bytes, peer, method);
    } catch (error) {
      if (error !== left) throw error;
    } finally {
      call.cancel(left);
    }
  }

  const messages = read();
  const leave = messages.return.bind(messages);
  // A generator's own `return` waits for the `next` before it.
  messages.return = (value) => {
    call?.cancel(left);
    return leave(value);
  };
  return messages;
}

function decodeResponse(bytes: Uint8Array, peer: string, method: MethodDefinition): unknown {
  try {
    return method.output.decode(bytes);
  } catch (cause) {
    throw broken(peer, method, `its bytes are no ${method.output.typeName}`, cause);
  }
}

function broken(peer: string, method: MethodDefinition, what: string, cause?: unknown): MeshError {
  return new MeshError({ code: "INTERNAL", message: `${peer} answered ${methodName(method)} wrongly: ${what}`, cause });
}
