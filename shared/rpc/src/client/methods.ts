import type { CallOptions, MethodDefinition, MethodKind } from "@mesh/contracts";
import { checkRequest } from "../validation.ts";
import { begin, type Caller } from "./begin.ts";
import { receiveAll, receiveOne } from "./receive.ts";
import { sendAll } from "./send.ts";
import type { OutgoingCall } from "./transport.ts";

/** Calls a method: takes a request, or an iterable of them, and gives a promise, or an iterable. */
export type Invoke = (caller: Caller, method: MethodDefinition, input: never, options?: CallOptions) => unknown;

/** One function for each kind of method. */
export const invokers: Readonly<Record<MethodKind, Invoke>> = {
  unary,
  server_streaming: serverStreaming,
  client_streaming: clientStreaming,
  bidi_streaming: bidiStreaming,
};

async function unary(caller: Caller, method: MethodDefinition, request: unknown, options?: CallOptions) {
  const bytes = encodeRequest(method, request);
  const call = begin(caller, method, options);
  call.finish(bytes);
  return receiveOne(call, caller.peer, method);
}

function serverStreaming(caller: Caller, method: MethodDefinition, request: unknown, options?: CallOptions) {
  const start = () => {
    const bytes = encodeRequest(method, request);
    const call = begin(caller, method, options);
    call.finish(bytes);
    return call;
  };
  return receiveAll(start, caller.peer, method);
}

async function clientStreaming(
  caller: Caller,
  method: MethodDefinition,
  requests: AsyncIterable<unknown>,
  options?: CallOptions,
) {
  const call = begin(caller, method, options);
  void sendRequests(call, method, requests);
  return receiveOne(call, caller.peer, method);
}

function bidiStreaming(
  caller: Caller,
  method: MethodDefinition,
  requests: AsyncIterable<unknown>,
  options?: CallOptions,
) {
  const start = () => {
    const call = begin(caller, method, options);
    void sendRequests(call, method, requests);
    return call;
  };
  return receiveAll(start, caller.peer, method);
}

function sendRequests(call: OutgoingCall, method: MethodDefinition, requests: AsyncIterable<unknown>): Promise<void> {
  return sendAll(call, requests, (request) => encodeRequest(method, request));
}

function encodeRequest({ input }: MethodDefinition, request: unknown): Uint8Array {
  return input.encode(checkRequest(input, request));
}
