import type { CallOptions, ClientOf, MethodDefinition, ServiceDefinition, ServiceTypes } from "@mesh/contracts";
import { compose, type Scope } from "@mesh/runtime";
import { LivePolicy, MethodPolicy } from "../policy/live-policy.ts";
import { observeClient } from "../telemetry/observe-client.ts";
import { type Connection, PendingCall, type PendingCallInit } from "./outgoing-call.ts";
import type { OutgoingStream } from "./outgoing-stream.ts";
import { readResponse, receiveAll, untilEnd } from "./receive-all.ts";
import { RetryBudget } from "./retry-budget.ts";
import { brokenResponse } from "./unary-call.ts";

/**
 * Calls a method as part of a scope, or alone if it is undefined. Takes a request, or an iterable of requests, and
 * returns a promise, or an iterable.
 */
export type CallMethod = (context: Scope | undefined, input: unknown, options?: CallOptions) => unknown;

/** The functions that call a service, by the methods' names in TypeScript. */
export type ServiceCalls = ReadonlyMap<string, CallMethod>;

/** The policy of the calls of a connection. */
export interface ConnectionPolicy {
  readonly live: LivePolicy;
  /** The names in the mesh of the process that calls. */
  readonly callers: readonly string[];
}

const noPolicy: ConnectionPolicy = { live: new LivePolicy(), callers: [] };

/** Makes the functions that call a service, once for a connection. */
export function callMethods(
  { methods }: ServiceDefinition,
  parts: Pick<Connection, "upstream" | "transport" | "middleware">,
  policy: ConnectionPolicy = noPolicy,
): ServiceCalls {
  const connection = { ...parts, retries: new RetryBudget(), shared: new Map() };
  return new Map(Object.entries(methods).map(([name, method]) => [name, callMethod(method, connection, policy)]));
}

const scopeOf = Symbol("scope");

/** Returns the function that makes a client all of whose calls are part of a scope, or alone if it is undefined. */
export function bindCalls<T extends ServiceTypes>(calls: ServiceCalls): (context: Scope | undefined) => ClientOf<T> {
  class BoundClient {
    readonly [scopeOf]: Scope | undefined;

    constructor(scope: Scope | undefined) {
      this[scopeOf] = scope;
    }
  }
  for (const [name, call] of calls) Object.defineProperty(BoundClient.prototype, name, boundCall(call));
  // The generated declaration of T names exactly these functions.
  return (context) => new BoundClient(context) as ClientOf<T>;
}

/** A property that makes its function when it is read: a client may have a thousand, of which a handler calls few. */
function boundCall(call: CallMethod): PropertyDescriptor {
  return {
    enumerable: true,
    get(this: { readonly [scopeOf]: Scope | undefined }) {
      const scope = this[scopeOf];
      return (input: unknown, options?: CallOptions) => call(scope, input, options);
    },
  };
}

function callMethod(method: MethodDefinition, connection: Connection, { live, callers }: ConnectionPolicy): CallMethod {
  const { transport, middleware, upstream } = connection;
  const policies = new MethodPolicy(live, upstream, method.name);
  const observed = (send: (call: PendingCall) => Promise<unknown>) =>
    observeClient(method, upstream, compose(middleware, send));
  const initOf = (context: Scope | undefined, input: unknown, options: CallOptions | undefined): PendingCallInit => {
    return { connection, method, policy: policies.for(callers), context, input, options };
  };
  if (method.kind === "unary") {
    const run = observed((call) => {
      const { opening } = transport;
      if (opening) return call.waitFor(opening).then(() => call.send(transport));
      try {
        return call.send(transport);
      } catch (error) {
        return Promise.reject(error);
      }
    });
    return (context, input, options) => {
      try {
        return run(new PendingCall(initOf(context, input, options)));
      } catch (error) {
        return Promise.reject(error);
      }
    };
  }
  if (method.kind === "client_streaming") {
    const run = observed(async (call) => {
      if (transport.opening) await call.waitFor(transport.opening);
      return receiveOne(call, call.start(transport));
    });
    return async (context, input, options) => run(new PendingCall(initOf(context, input, options)));
  }
  const run = observed(async (call) => {
    if (transport.opening) await call.waitFor(transport.opening);
    return untilEnd(call.start(transport));
  });
  return (context, input, options) => receiveAll(initOf(context, input, options), run);
}

/** Reads the one response of a call. */
async function receiveOne(call: PendingCall, stream: OutgoingStream<unknown>): Promise<unknown> {
  const only = await stream.receive();
  const isLast = only !== undefined && (await stream.receive()) === undefined;
  if (isLast) return readResponse(only, call);
  const error = brokenResponse(call, only ? "it sent more than one response" : "it sent no response");
  stream.cancel(error);
  throw error;
}
