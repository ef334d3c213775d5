import { setTimeout as pause } from "node:timers/promises";
import { descriptorSet } from "@mesh/contracts/descriptors";
import openapi from "@mesh/contracts/openapi.json" with { type: "json" };
import { scopesOf as scopesOfRoles } from "@mesh/contracts/roles";
import { createEventSignatures, createTokens, openIdentity, type PeerDefinitions, type Tokens } from "@mesh/rpc";
import {
  type AddedBy,
  createHealth,
  type Health,
  type Lifecycle,
  type Logger,
  type MiddlewareOption,
  middlewareList,
} from "@mesh/runtime";
import type { TRPCRouterRecord } from "@trpc/server";
import { followEvents } from "./cache/follow-events.ts";
import { ResponseCache } from "./cache/response-cache.ts";
import type { GatewayMiddleware } from "./calls/middleware.ts";
import type { ProcedureContext } from "./calls/procedure-call.ts";
import { createCallRunner } from "./calls/run-calls.ts";
import { Admission } from "./http/admission.ts";
import { createCheck } from "./http/check.ts";
import { createHandler } from "./http/handler.ts";
import { listen } from "./http/server.ts";
import { anonymousCustomers } from "./identity/anonymous-customers.ts";
import type { Identify, ScopesOf } from "./identity/caller.ts";
import { defaultLimits, type Limits } from "./limits/limits.ts";
import { checkOwners } from "./policies/check-owner.ts";
import { defaultGatewayMiddleware } from "./policies/defaults.ts";
import { handWritten } from "./procedures/hand-written.ts";
import { referencePages } from "./reference/pages.ts";
import { readDescriptors } from "./rest/descriptors.ts";
import { feedHandler } from "./rest/feed-handler.ts";
import { feedRoutesOf } from "./rest/feed-routes.ts";
import { restHandler } from "./rest/handler.ts";
import { restRejection } from "./rest/reject.ts";
import { routesOf } from "./rest/routes.ts";
import { services as listedServices } from "./router.ts";
import * as schema from "./schema.ts";
import type { GatewaySettings } from "./settings.ts";
import { noSignIn, openSignIn } from "./sign-in/open-sign-in.ts";
import { serveSite } from "./site/site.ts";
import { openDatabase } from "./state/database.ts";
import { openState } from "./state/gateway-state.ts";
import { limitedMethods } from "./state/limited-methods.ts";
import { trpcHandler } from "./trpc/handler.ts";
import { buildRouter, type ProcedureBuilder, procedureBuilder } from "./trpc/procedure.ts";
import { trpcRejection } from "./trpc/reject.ts";
import { connectServices, openNats } from "./upstreams/connect-services.ts";
import { keyCalls } from "./upstreams/keyed-calls.ts";
import { watchServices } from "./upstreams/mesh-state.ts";
import { shareStreams } from "./upstreams/shared-streams.ts";

/** A gateway that is listening. */
export interface RunningGateway {
  readonly port: number;
  /** Ready once every service has been ready. */
  readonly health: Health;
}

/** Options of a gateway. Everything but `life` and `log` has a default. */
export interface GatewayOptions<
  S extends PeerDefinitions = typeof listedServices,
  M extends readonly GatewayMiddleware[] = readonly GatewayMiddleware[],
> {
  readonly life: Lifecycle;
  readonly log: Logger;
  /** The services whose exposed methods are offered; default: those of router.ts. */
  readonly services?: S;
  /** Describes the messages of the services: a google.protobuf.FileDescriptorSet in base64; default: all contracts. */
  readonly descriptorSet?: string;
  /** The OpenAPI document of the services; default: that of all contracts. */
  readonly openapi?: object;
  /** Default: the scopes that the contracts give to roles. */
  readonly scopesOf?: ScopesOf;
  /** An array is appended to `defaultGatewayMiddleware`; a function gets that list and returns the one to use. */
  readonly middleware?: MiddlewareOption<GatewayMiddleware, M>;
  /** Procedures written by hand. Default: those of router.ts, or none if `services` is given. */
  readonly procedures?: (procedureFor: ProcedureBuilder<ProcedureContext<S> & AddedBy<M>>) => TRPCRouterRecord;
  /** Default: each browser is a customer of its own. */
  readonly identify?: Identify;
  readonly limits?: Partial<Limits>;
  /** Signs the tokens by which services know for whom a call is made. Default: those of the certificate in MESH_TLS_DIR. */
  readonly tokens?: Tokens;
}

/** This file is in src, and its bundle in dist: the folder is beside both. */
const migrations = new URL("../migrations", import.meta.url);

/** Opens a gateway in this process. The services need not run yet. */
export async function openGateway<
  S extends PeerDefinitions = typeof listedServices,
  const M extends readonly GatewayMiddleware[] = readonly [],
>(settings: GatewaySettings, options: GatewayOptions<S, M>): Promise<RunningGateway> {
  const { life, log, services = listedServices, scopesOf = scopesOfRoles } = options;
  const { isProduction, ignoreUnknown, databaseUrl, proxies, publicOrigins, cookieSecrets: secrets } = settings;
  const limits = { ...defaultLimits, rates: settings.rateLimits, ...options.limits };
  const { identity, credentials } = await openIdentity(settings.tls, { names: ["gateway"], log, signal: life.signal });
  const tokens = options.tokens ?? (identity && createTokens(identity));
  const { peers, mux } = settings;
  const signatures = identity && createEventSignatures(identity);
  const { bus, registry: replicas, policy, feeds } = openNats(services, settings, { log, life, signatures });
  const ofMesh = { ...(credentials && { credentials }), ...(tokens && { tokens }), ...(policy && { policy }) };
  const upstreams = connectServices(services, { peers, registry: replicas }, { log, mux, ...ofMesh });
  life.onClose("upstreams", upstreams.close);
  const health = createHealth();
  const database = databaseUrl ? openDatabase({ url: databaseUrl, schema, migrations, life, log, health }) : undefined;
  const limited = limits.rates && isProduction && !database ? limitedMethods(services) : [];
  if (limited.length > 0) throw new Error(`DATABASE_URL is not set: the rate limit of ${limited.join(", ")} needs it`);
  const state = openState(database, { life, log, limits });
  const anonymous = anonymousCustomers({ secrets, secure: isProduction, scopesOf });
  const origins = { publicOrigins, pageOrigins: settings.origins };
  const signIn =
    settings.signIn && database
      ? openSignIn(settings.signIn, { database, anonymous, scopesOf, secrets, isProduction, ...origins, life, log })
      : undefined;
  const stateNow = watchServices(upstreams.byName, health, { log, signal: life.signal });

  const bounds = { maxEntries: limits.cachedResponses, maxBytes: limits.cacheBytes };
  const responses = new ResponseCache(Object.values(services), bounds, limits.queryTimeoutMs);
  followEvents(responses, bus, { life, log });
  life.onClose("responses", responses.observe());
  const middleware = middlewareList(options.middleware, defaultGatewayMiddleware);
  const admission = new Admission({ limits, proxies, log });
  const calls = createCallRunner({
    middleware,
    identify: options.identify ?? signIn?.identify ?? anonymous,
    proxies,
    admission,
    bind: upstreams.bind,
    limits,
    state,
    responses,
    log,
  });
  signIn?.onRevoked(calls.endSession);
  const shared = { open: calls.open, run: calls.run, limits, log };
  const keyed = keyCalls(services, shareStreams(services, upstreams.byName), state.results);
  const offered = checkOwners(services, keyed);
  const router = buildRouter(services, offered, proceduresOf(options), feeds);
  const registry = readDescriptors(options.descriptorSet ?? descriptorSet);
  const routes = routesOf(services, offered);
  const rest = restHandler({ ...shared, routes, registry, ignoreUnknown });
  const feedRoutes = feedRoutesOf(services, feeds, registry);
  const paths = [...routes.map(({ http }) => http.path), ...feedRoutes.map(({ path }) => path)];
  const handler = createHandler({
    trpc: { handle: trpcHandler({ ...shared, router }), reject: trpcRejection(router, log) },
    rest: {
      handle: feedHandler({ ...shared, routes: feedRoutes, ignoreUnknown, next: rest }),
      reject: restRejection(log),
    },
    signIn: signIn?.routes ?? noSignIn,
    check: createCheck({ ...settings, admission }),
    health: stateNow,
    isProduction,
    pages: referencePages(options.openapi ?? openapi),
    site: settings.webDir === undefined ? undefined : serveSite(settings.webDir, paths),
  });
  const server = await listen(handler, { host: settings.host, port: settings.port, limits, proxies, log });
  life.onClose("server", async () => {
    await pause(settings.noticeMs);
    calls.close();
    return server.close(settings.shutdownMs);
  });
  return { port: server.port, health };
}

function proceduresOf<S extends PeerDefinitions, M extends readonly GatewayMiddleware[]>({
  services,
  procedures,
}: GatewayOptions<S, M>): TRPCRouterRecord {
  if (procedures) return procedures(procedureBuilder<ProcedureContext<S> & AddedBy<M>>());
  return services ? {} : handWritten(procedureBuilder<ProcedureContext<typeof listedServices>>());
}
