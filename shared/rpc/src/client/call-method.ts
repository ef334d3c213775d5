import type { CallOptions, ClientOf, MethodDefinition, ServiceDefinition, ServiceTypes } from "@mesh/contracts";
import { compose, type Scope } from "@mesh/runtime";
import { type ClientMiddleware, PendingCall } from "./outgoing-call.ts";
import type { OutgoingStream } from "./outgoing-stream.ts";
import type { Transport } from "./transport.ts";
import { brokenResponse } from "./unary-call.ts";

/**
 * Calls a method as part of a scope, or alone if it is undefined. Takes a request, or an iterable of requests, and
 * returns a promise, or an iterable.
 */
export type CallMethod = (context: Scope | undefined, input: unknown, options?: CallOptions) => unknown;

/** The parts that the calls of a connection share. */
export interface Connection {
  /** The name of the service that is called. */
  readonly upstream: string;
  readonly transport: Transport;
  readonly middleware: readonly ClientMiddleware[];
}

/** The functions that call a service, by the methods' names in TypeScript. */
export type ServiceCalls = ReadonlyMap<string, CallMethod>;

/** Makes the functions that call a service, once for a connection. */
export function callMethods({ methods }: ServiceDefinition, connection: Connection): ServiceCalls {
  return new Map(Object.entries(methods).map(([name, method]) => [name, callMethod(method, connection)]));
}

/** Returns the function that makes a client all of whose calls are part of a scope, or alone if it is undefined. */
export function bindCalls<T extends ServiceTypes>(calls: ServiceCalls): (context: Scope | undefined) => ClientOf<T> {
  return (context) => {
    const client: Record<string, unknown> = {};
    for (const [name, call] of calls) {
      client[name] = (input: unknown, options?: CallOptions) => call(context, input, options);
    }
    // The generated declaration of T names exactly these functions.
    return client as ClientOf<T>;
  };
}

function callMethod(method: MethodDefinition, { upstream, transport, middleware }: Connection): CallMethod {
  if (method.kind === "unary") {
    const run = compose(middleware, async (call: PendingCall) => {
      if (transport.opening) await call.waitFor(transport.opening);
      return call.send(transport);
    });
    return async (context, input, options) => run(new PendingCall({ upstream, method, context, input, options }));
  }
  if (method.kind === "client_streaming") {
    const run = compose(middleware, async (call: PendingCall) => {
      if (transport.opening) await call.waitFor(transport.opening);
      return receiveOne(call, call.start(transport));
    });
    return async (context, input, options) => run(new PendingCall({ upstream, method, context, input, options }));
  }
  const run = compose(middleware, async (call: PendingCall) => {
    if (transport.opening) await call.waitFor(transport.opening);
    return untilEnd(call.start(transport));
  });
  return (context, input, options) => receiveAll(new PendingCall({ upstream, method, context, input, options }), run);
}

/** Reads the one response of a call. */
async function receiveOne(call: PendingCall, stream: OutgoingStream): Promise<unknown> {
  const bytes = await stream.receive();
  const isLast = bytes !== undefined && (await stream.receive()) === undefined;
  if (isLast) return decode(bytes, call);
  const error = brokenResponse(call, bytes ? "it sent more than one response" : "it sent no response");
  stream.cancel(error);
  throw error;
}

const left = new Error("the loop was left");

/** Waits for the end of a call whose responses are read by a loop. Leaving the loop is no failure. */
async function untilEnd(stream: OutgoingStream): Promise<void> {
  const failure = await stream.ended;
  if (failure && failure !== left) throw failure;
}

/**
 * The responses of a call. The call starts with the first `next`, reads as fast as they are taken, and ends when the loop
 * is left, even while it waits for a response.
 *
 * @param run runs the middleware around the call
 */
function receiveAll(call: PendingCall, run: (call: PendingCall) => Promise<unknown>): AsyncGenerator<unknown> {
  let stream: OutgoingStream | undefined;
  let isLeft = false;

  async function* read(): AsyncGenerator<unknown> {
    const { started, ended } = begin(call, run);
    stream = await started;
    if (!stream) return;
    if (isLeft) stream.cancel(left);
    try {
      for (let bytes = await stream.receive(); bytes; bytes = await stream.receive()) {
        yield decode(bytes, call);
      }
      await ended;
    } catch (error) {
      if (error === left) return;
      stream.cancel(error instanceof Error ? error : new Error(String(error)));
      await ended; // A middleware may have made another error of it.
      throw error;
    } finally {
      stream.cancel(left);
    }
  }

  const messages = read();
  const leave = messages.return.bind(messages);
  // A generator's own `return` waits for the `next` before it.
  messages.return = (value) => {
    isLeft = true;
    stream?.cancel(left);
    return leave(value);
  };
  return messages;
}

/** Runs the middleware around a call until it is started; `undefined`: a middleware did not start it. */
function begin(call: PendingCall, run: (call: PendingCall) => Promise<unknown>) {
  let ended: Promise<unknown> = Promise.resolve();
  const started = new Promise<OutgoingStream | undefined>((resolve, reject) => {
    call.onStart = resolve;
    ended = run(call);
    ended.then(() => resolve(undefined), reject);
  });
  return { started, ended };
}

function decode(bytes: Uint8Array, call: PendingCall): unknown {
  const { output } = call.method;
  try {
    return output.decode(bytes);
  } catch (cause) {
    throw brokenResponse(call, `its bytes are not a ${output.typeName}`, cause);
  }
}
