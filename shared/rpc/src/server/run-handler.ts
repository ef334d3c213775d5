import type { MethodKind } from "@mesh/contracts";
import type { Run } from "./middleware.ts";
import { receiveAll, receiveOne } from "./receive.ts";
import { sendAll, sendOne } from "./send.ts";

/** Reads what a handler takes, runs it, and sends what it gives. */
export const runHandler: Run = (call) => runners[call.method.kind](call);

const runners: Readonly<Record<MethodKind, Run>> = {
  unary: async (call) => sendOne(call, await call.handler(await receiveOne(call), call.scope)),
  server_streaming: async (call) => sendAll(call, iterable(call.handler(await receiveOne(call), call.scope))),
  client_streaming: async (call) => sendOne(call, await call.handler(receiveAll(call), call.scope)),
  bidi_streaming: async (call) => sendAll(call, iterable(call.handler(receiveAll(call), call.scope))),
};

function iterable(given: unknown): AsyncIterable<unknown> {
  // The types of HandlersOf say that it is one; a handler in plain JavaScript may still get it wrong.
  if (Object(given)[Symbol.asyncIterator]) return given as AsyncIterable<unknown>;
  throw new TypeError("the handler of a streaming method must give an async iterable");
}
