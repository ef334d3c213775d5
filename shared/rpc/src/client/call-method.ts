import type { CallOptions, ClientOf, MethodDefinition, ServiceDefinition, ServiceTypes } from "@mesh/contracts";
import { compose, type Scope } from "@mesh/runtime";
import { type ClientMiddleware, PendingCall } from "./outgoing-call.ts";
import { receiveAll, receiveOne, untilEnd } from "./responses.ts";
import type { Transport } from "./transport.ts";

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

/** Makes the function that calls a method. */
export function callMethod(method: MethodDefinition, { upstream, transport, middleware }: Connection): CallMethod {
  const open = (context: Scope | undefined, input: unknown, options: CallOptions | undefined) =>
    new PendingCall({ upstream, method, context, input, options });

  if (method.kind === "unary" || method.kind === "client_streaming") {
    const run = compose(middleware, async (call: PendingCall) => receiveOne(call, call.start(transport)));
    return async (context, input, options) => run(open(context, input, options));
  }
  const run = compose(middleware, async (call: PendingCall) => untilEnd(call.start(transport)));
  return (context, input, options) => receiveAll(open(context, input, options), run);
}

/** The functions that call a service, by the methods' names in TypeScript. */
export type ServiceCalls = ReadonlyMap<string, CallMethod>;

/** Makes the functions that call a service, once for a connection. */
export function callMethods({ methods }: ServiceDefinition, connection: Connection): ServiceCalls {
  return new Map(Object.entries(methods).map(([name, method]) => [name, callMethod(method, connection)]));
}

/** A client all of whose calls are part of a scope, or alone if it is undefined. */
export function bindCalls<T extends ServiceTypes>(calls: ServiceCalls, context: Scope | undefined): ClientOf<T> {
  const client: Record<string, unknown> = {};
  for (const [name, call] of calls) {
    client[name] = (input: unknown, options?: CallOptions) => call(context, input, options);
  }
  // The generated declaration of T names exactly these functions.
  return client as ClientOf<T>;
}
