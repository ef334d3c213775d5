import type { ClientOf, ServiceDefinition, ServiceTypes } from "@mesh/contracts";
import { type Logger, type MiddlewareOption, middlewareList, type Scope } from "@mesh/runtime";
import type { ClientCredentials } from "../credentials.ts";
import type { Identity } from "../identity/identity.ts";
import { muxTransport } from "../mux/mux-transport.ts";
import { bindCalls, type CallMethod, callMethods } from "./call-method.ts";
import { defaultClientMiddleware } from "./client-middleware.ts";
import type { ClientMiddleware } from "./outgoing-call.ts";
import { type Readiness, readinessOf } from "./readiness.ts";
import { grpcTransport } from "./transport.ts";

/** Returns the address (`host:port`) of a service by its name (`orders`). */
export type Discovery = (name: string) => string;

/** Options of the calls of a connection. */
export interface ConnectionOptions {
  /** Runs around every call. Default: `defaultClientMiddleware`. */
  readonly middleware?: MiddlewareOption<ClientMiddleware>;
  /**
   * An identity, by which only a server with the name of the service is called, or files for TLS. Default: none, calls
   * are not encrypted.
   */
  readonly credentials?: ClientCredentials | Identity;
  /** Gets a line when the connection is lost and when it is back. Default: none is written. */
  readonly log?: Logger;
  /** Whether unary calls share one stream if the server can; default: true. */
  readonly mux?: boolean;
}

/** Options of a connection. */
export interface ConnectOptions extends ConnectionOptions {
  /**
   * `host:port`. Of a name with several addresses, unary calls use one until its connection ends, or all in turn if `mux` is
   * false; streams use all.
   */
  readonly address: string | Discovery;
}

/** A connection to another service. It opens with the first call and recovers by itself. */
export interface Upstream<T extends ServiceTypes = ServiceTypes> {
  /** Makes calls outside of a scope: for no principal, in a trace of their own. */
  readonly client: ClientOf<T>;
  /** Makes calls that are part of a scope: its deadline, cancellation, trace and principal. */
  bind(scope: Scope): ClientOf<T>;
  /** Calls a method by its name in TypeScript (`getOrder`). @throws Error if there is none */
  method(name: string): CallMethod;
  /** Asks once whether the service can be called, for at most a second. Never rejects. */
  check(signal?: AbortSignal): Promise<Readiness>;
  /** Resolves once the service can be called. Rejects with MeshError UNAVAILABLE, saying why, if the signal aborts before. */
  ready(signal: AbortSignal): Promise<void>;
  /** Closes the connection; calls under way end with UNAVAILABLE. */
  close(): Promise<void>;
}

/**
 * Connects to a service, which need not run yet.
 *
 * @throws Error if it has no address
 *
 * @example
 * ```ts
 * import { OrderService } from "@mesh/contracts/orders/v1";
 * import { connect } from "@mesh/rpc";
 *
 * const orders = connect(OrderService, { address: "127.0.0.1:7001" });
 * const { ready } = await orders.check(); // false: no server listens there
 * await orders.close();
 * ```
 */
export function connect<T extends ServiceTypes>(
  definition: ServiceDefinition<T>,
  { address, middleware, credentials, log, mux = true }: ConnectOptions,
): Upstream<T> {
  const upstream = definition.name;
  const target = typeof address === "string" ? address : address(upstream);
  if (!target) throw new Error(`${upstream} has no address`);
  const plain = grpcTransport({ address: target, upstream, credentials, log });
  const transport = mux ? muxTransport(plain, upstream) : plain;
  const connection = { upstream, transport, middleware: middlewareList(middleware, defaultClientMiddleware) };
  const calls = callMethods(definition, connection);
  const bind = bindCalls<T>(calls);
  return {
    client: bind(undefined),
    bind,
    method: (name) => calls.get(name) ?? missing(definition, name),
    ...readinessOf({ ...connection, transport: plain }),
    close: async () => transport.close(),
  };
}

function missing({ typeName }: ServiceDefinition, name: string): never {
  throw new Error(`${typeName} has no method ${name}`);
}
