import { setTimeout as pause } from "node:timers/promises";
import type { ClientOf, ServiceDefinition, ServiceTypes } from "@mesh/contracts";
import { type Logger, type MiddlewareOption, middlewareList, type Scope } from "@mesh/runtime";
import { type ClientCredentials, isIdentity } from "../credentials.ts";
import type { Discovery } from "../discovery/discovery.ts";
import { peerDiscovery } from "../discovery/peer-discovery.ts";
import type { Identity } from "../identity/identity.ts";
import type { LocalServices } from "../local/local-services.ts";
import { muxTransport } from "../mux/mux-transport.ts";
import { LivePolicy } from "../policy/live-policy.ts";
import type { PolicySource } from "../policy/policy-source.ts";
import { upstreams } from "../telemetry/instruments.ts";
import type { Tokens } from "../tokens/tokens.ts";
import { BalancedTransport, noReplica } from "./balancer/balanced-transport.ts";
import { bindCalls, type CallMethod, callMethods } from "./call-method.ts";
import { defaultClientMiddleware } from "./client-middleware.ts";
import { coalesceCalls } from "./coalesce.ts";
import type { ClientMiddleware } from "./outgoing-call.ts";
import { anyReady, type CheckReadiness, healthCheck, healthClient, type Readiness, untilReady } from "./readiness.ts";
import { grpcTransport } from "./transport.ts";

/** Options of the calls of a connection. */
export interface ConnectionOptions {
  /** Runs around every call. Default: `defaultClientMiddleware`. */
  readonly middleware?: MiddlewareOption<ClientMiddleware>;
  /**
   * An identity, by which only a server with the name of the service is called, or files for TLS. Default: none, calls
   * are not encrypted.
   */
  readonly credentials?: ClientCredentials | Identity;
  /**
   * Signs the tokens that prove for whom calls are made. Default: those of `credentials` if they are an identity. Without, no
   * call has a principal.
   */
  readonly tokens?: Tokens;
  /** Gets a line when the connection is lost and when it is back. Default: none is written. */
  readonly log?: Logger;
  /**
   * The age at which a connection is replaced by a new one, in milliseconds, without a call that fails. Default: 600,000,
   * up to a tenth more or less.
   */
  readonly connectionAgeMs?: number;
  /** Whether unary calls share one stream if the server can; default: true. */
  readonly mux?: boolean;
  /** The policy of the mesh: deadlines, retries, traffic split and simulated faults. Default: none. */
  readonly policy?: PolicySource;
  /** The names in the mesh of the process that calls, for the rules of the policy that have a `caller`. Default: none. */
  readonly callers?: readonly string[];
  /**
   * The services of this process, whose calls stay in memory, and the name of the service that calls. The address of such a
   * service is not used. Default: none.
   */
  readonly local?: { readonly services: LocalServices; readonly caller: string } | undefined;
}

/** Options of a connection. */
export interface ConnectOptions extends ConnectionOptions {
  /**
   * `host:port` of the only replica, `dns:host:port` for a host with an address for each replica, or a discovery, which
   * is asked by the service's name.
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
  {
    address,
    middleware,
    credentials,
    log,
    mux = true,
    connectionAgeMs = usualAgeMs,
    policy,
    callers = [],
    local,
    ...options
  }: ConnectOptions,
): Upstream<T> {
  const upstream = definition.name;
  const inMemory = local?.services.transportTo(upstream, local.caller);
  const { transport, check, forget } = inMemory
    ? { transport: inMemory, check: healthCheck(healthClient({ upstream, transport: inMemory })), forget: () => {} }
    : replicasOf();
  const tokens = options.tokens ?? (credentials && isIdentity(credentials) ? credentials.tokens : undefined);
  const connection = { upstream, transport, tokens, middleware: stepsOf(middleware) };
  const live = new LivePolicy(policy);
  const calls = callMethods(definition, connection, { live, callers });
  const bind = bindCalls<T>(calls);
  return {
    client: bind(undefined),
    bind,
    method: (name) => calls.get(name) ?? missing(definition, name),
    check,
    ready: (signal) => untilReady(upstream, check, signal),
    async close() {
      forget();
      live.close();
      transport.close();
    },
  };

  /** Returns the way to the replicas of a service elsewhere. */
  function replicasOf() {
    const discovery = typeof address === "string" ? peerDiscovery(upstream, { [upstream]: address }, log) : address;
    const transport = new BalancedTransport({
      upstream,
      discovery,
      log,
      connectionAgeMs,
      connect: ({ address }) => {
        const plain = grpcTransport({ address, upstream, credentials, log });
        return { plain, calls: mux ? muxTransport(plain, upstream) : plain };
      },
    });
    const forget = upstreams.add({ upstream, endpoints: () => transport.endpoints });
    return { transport, check: checkReplicas(upstream, transport), forget };
  }
}

const usualAgeMs = 600_000;

/** Returns the steps around every call. What others add to a call decides whether it equals another one. */
function stepsOf(middleware: ConnectOptions["middleware"]): readonly ClientMiddleware[] {
  const steps = middlewareList(middleware, defaultClientMiddleware);
  const others = steps.filter((step) => step !== coalesceCalls);
  return others.length < steps.length ? [...others, coalesceCalls] : steps;
}

/** How long a check waits for the first list of replicas, in milliseconds. */
const listTimeoutMs = 1_000;

/** Makes the check whether any replica is ready. */
function checkReplicas(upstream: string, transport: BalancedTransport): CheckReadiness {
  return async (signal) => {
    if (transport.endpoints.length === 0) await Promise.race([transport.opening, pause(listTimeoutMs)]);
    const checks = transport.endpoints.map(({ health }) => healthCheck(health));
    if (checks.length === 0) return { ready: false, reason: noReplica(upstream).message };
    return anyReady(checks)(signal);
  };
}

function missing({ typeName }: ServiceDefinition, name: string): never {
  throw new Error(`${typeName} has no method ${name}`);
}
