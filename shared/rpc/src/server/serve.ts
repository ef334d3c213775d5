import { setTimeout as pause } from "node:timers/promises";
import { Mux } from "@mesh/contracts/protocols/mesh/v1/index";
import { createHealth, type Health, type Logger, type MiddlewareOption, middlewareList } from "@mesh/runtime";
import { isIdentity, type ServerCredentials } from "../credentials.ts";
import type { Identity } from "../identity/identity.ts";
import type { LocalServices } from "../local/local-services.ts";
import { MuxServer } from "../mux/mux-server.ts";
import { muxStreamRoute } from "../mux/mux-stream-route.ts";
import { LivePolicy } from "../policy/live-policy.ts";
import type { PolicySource } from "../policy/policy-source.ts";
import { servers } from "../telemetry/instruments.ts";
import type { Tokens } from "../tokens/tokens.ts";
import { tokenVerifier } from "../tokens/verify-token.ts";
import { Admission } from "./admission.ts";
import { checkCaller, checkCredentials } from "./check-caller.ts";
import { healthService } from "./grpc-health.ts";
import { hostPort, startGrpcServer } from "./grpc-server.ts";
import type { Implementation } from "./implement.ts";
import type { Route } from "./incoming-stream.ts";
import { prepareMessages } from "./prepare-messages.ts";
import { reflectionServices } from "./reflection.ts";
import { lazyRegistry } from "./registry.ts";
import { Routes } from "./routes.ts";
import type { InFlightLimits, ServerMiddleware } from "./server-call.ts";
import { defaultServerMiddleware, ownServerMiddleware } from "./server-middleware.ts";
import { statisticsService } from "./statistics.ts";

/** Options of a server. */
export interface ServeOptions {
  readonly services: readonly Implementation[];
  readonly log: Logger;
  /** Default: 127.0.0.1, which other machines can't reach. */
  readonly host?: string;
  /** Default: 0, any free one. */
  readonly port?: number;
  /** Runs around every call of the services, outside of their own middleware. Default: `defaultServerMiddleware`. */
  readonly middleware?: MiddlewareOption<ServerMiddleware>;
  /**
   * An identity, by which only processes of the same mesh can call, or files for TLS. Default: none, calls are not
   * encrypted. A service whose contract lists callers needs an identity if calls are encrypted.
   */
  readonly credentials?: ServerCredentials | Identity;
  /**
   * The names of processes that may call every method, whatever its contract says: the tools of people, not services.
   * Default: none.
   */
  readonly operators?: readonly string[];
  /**
   * Verifies the tokens that prove for whom calls are made. Default: those of `credentials` if they are an identity. Without,
   * a call with a token is UNAUTHENTICATED.
   */
  readonly tokens?: Tokens;
  /** The policy of the mesh: deadlines, and limits of calls at the same time. Default: none. */
  readonly policy?: PolicySource;
  /** What the health service responds; default: ready until the server closes. */
  readonly health?: Health;
  /**
   * What reflection describes: base64 of a FileDescriptorSet with all imports, or a function that is called when it is needed. Errors have the numbers and types of invalid
   * fields from it, too. Default: there is no reflection, and errors have the names only.
   */
  readonly descriptorSet?: string | (() => Promise<string>);
  /** Services for operators, which are reached as health and statistics are, whatever the load. Default: none. */
  readonly forOperators?: readonly Implementation[];
  /** Whether there is reflection; default: if `descriptorSet` is given. */
  readonly reflection?: boolean;
  /** How long `close` waits for unary calls and client streams under way, in milliseconds; default: 1,000. In production: 15,000. */
  readonly drainMs?: number;
  /**
   * The most calls at the same time. Default: 1,000 streams, and from 20 to 512 unary calls, as many as the process can bear
   * without getting slow.
   */
  readonly inFlight?: InFlightLimits;
  /** Whether clients may send many unary calls on one stream; default: true. */
  readonly mux?: boolean;
  /** Is opened with the methods of the server, for clients in this process. Default: there are none. */
  readonly local?: LocalServices;
}

/** A server that accepts calls. */
export interface RunningServer {
  readonly port: number;
  /** `host:port`, as `connect` takes it. */
  readonly address: string;
  /**
   * Ends the server: not ready, no new connections. Streams of responses, and those both ways, end with UNAVAILABLE
   * immediately, unary calls and streams of requests after `drainMs`. Resolves when all connections are closed, at the latest
   * a quarter of a second after that.
   */
  close(): Promise<void>;
}

/** From the last notice to clients to the end of the calls, at most: new calls should go elsewhere by then. */
const noticeBeforeMs = 500;

/** From the end of the calls to the cut of their connections. */
const cutAfterMs = 250;

/**
 * Offers services by gRPC, with the standard health service and, given descriptors, reflection.
 *
 * @throws Error if it can't listen, two services have the same method, or `credentials` do not say who calls and a contract lists callers
 *
 * @example
 * ```ts
 * import { PaymentError, PaymentService } from "@mesh/contracts/payments/v1";
 * import { implement, serve } from "@mesh/rpc";
 * import { createLogger } from "@mesh/runtime";
 *
 * const unknown = async ({ orderId }: { orderId: string }) => {
 *   throw PaymentError.paymentNotFound({ orderId });
 * };
 * const payments = implement(PaymentService, {
 *   getPayment: unknown,
 *   refundPayment: unknown,
 * });
 * const log = createLogger({ name: "payments", level: "silent" });
 * const server = await serve({ services: [payments], log });
 * server.address; // "127.0.0.1:…"
 * await server.close();
 * ```
 */
export async function serve(options: ServeOptions): Promise<RunningServer> {
  const { host = "127.0.0.1", port = 0, credentials, log, health = createHealth(), drainMs = 1_000 } = options;
  const policy = new LivePolicy(options.policy);
  const admission = new Admission(options.inFlight, log);
  const routes = routesOf(options, { health, policy, admission });
  const mux = new MuxServer(routes.unary);
  const paths = new Map<string, Route>(routes.byPath);
  const { open, stream } = Mux.methods;
  if (options.mux !== false && open && stream) {
    paths.set(open.path, mux.route).set(stream.path, muxStreamRoute(routes.streaming, stream));
  }
  const server = await startGrpcServer(paths, {
    host,
    port,
    credentials,
    log,
    onLostTrust: () => mux.refuseUntrusted(),
  });
  options.local?.open(routes.byPath);
  const forget = servers.add(admission);
  const stopPreparing = prepareMessages(options.services.flatMap(({ methods }) => methods.map(({ method }) => method)));

  async function closeAll(): Promise<void> {
    health.set("server", false, "closing");
    policy.close();
    forget();
    stopPreparing();
    await pause(0); // Health streams pass this on before they end.
    options.local?.close("streams");
    routes.abort("streams");
    mux.drain();
    const timer = setTimeout(() => {
      options.local?.close("all");
      routes.abort("all");
    }, drainMs);
    const limits = { noticeMs: Math.max(drainMs * 0.9, drainMs - noticeBeforeMs), cutMs: drainMs + cutAfterMs };
    // Calls within the process have no connection that would wait for them.
    await Promise.all([server.close(limits), options.local && routes.untilIdle(limits.cutMs)]);
    clearTimeout(timer);
  }

  let closed: Promise<void> | undefined;
  const close = () => {
    closed ??= closeAll();
    return closed;
  };
  return { port: server.port, address: hostPort(host, server.port), close };
}

/** The most calls of health, reflection and statistics. */
const ownLimits = { unary: 200, streams: 1_000 };

/**
 * The server's own services have limits of their own: an orchestrator must get an answer about the health also, and
 * above all, under load.
 */
function routesOf(
  {
    services,
    log,
    middleware,
    descriptorSet,
    forOperators = [],
    reflection = true,
    operators = [],
    ...options
  }: ServeOptions,
  { health, policy, admission }: { health: Health; policy: LivePolicy; admission: Admission },
): Routes {
  const names = services.map(({ definition }) => definition.typeName);
  const healthImplementation = healthService(health, names);
  const listed = [...names, healthImplementation.definition.typeName];
  const read = descriptorSet ? lazyRegistry(descriptorSet) : undefined;
  const reflectionOrNone = read && reflection ? reflectionServices(read, listed) : [];
  let isReadable = true;
  const registry = async () => {
    try {
      return isReadable ? await read?.() : undefined;
    } catch (err) {
      isReadable = false;
      // The error that is sent matters more.
      log.warn({ err }, "the descriptors can't be read, so an error has no numbers of fields");
      return undefined;
    }
  };
  const routes = new Routes();
  const list = middlewareList(middleware, defaultServerMiddleware);
  const { credentials } = options;
  if (list.includes(checkCaller)) checkCredentials(credentials, services);
  const tokens = options.tokens ?? (credentials && isIdentity(credentials) ? credentials.tokens : undefined);
  const verifyToken = tokenVerifier(tokens, log);
  routes.add(services, {
    log,
    middleware: list,
    inFlight: admission,
    operators,
    verifyToken,
    policy,
    registry,
  });
  routes.add([healthImplementation, statisticsService(routes.counts), ...forOperators, ...reflectionOrNone], {
    log,
    middleware: ownServerMiddleware,
    inFlight: new Admission(ownLimits, log),
    operators,
    verifyToken,
    policy: new LivePolicy(),
    registry,
  });
  return routes;
}
