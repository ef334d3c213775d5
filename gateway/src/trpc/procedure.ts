import {
  type ErrorCatalogue,
  type ErrorInfo,
  FeedError,
  MeshError,
  type MeshErrorShape,
  type MethodDefinition,
  type NoErrorInfo,
  type ProcedureMeta,
  type ServiceDefinition,
} from "@mesh/contracts";
import { transformer } from "@mesh/contracts/transformer";
import type { Feeds } from "@mesh/events/feed";
import type { CallMethod, PeerDefinitions, Upstream } from "@mesh/rpc";
import { type AnyTRPCRouter, initTRPC, type TRPCError, type TRPCRouterRecord } from "@trpc/server";
import type { GatewayRequest, ProcedureContext } from "../calls/procedure-call.ts";
import type { RunCall } from "../calls/run-calls.ts";
import { isAbortError } from "../calls/until-aborted.ts";
import { errorShape } from "../errors/error-shape.ts";
import { directProcedure, withDirect } from "./direct-procedure.ts";
import { directFeed } from "./feed-procedures.ts";
import { silenceMs } from "./pings.ts";

/** tRPC's context: one HTTP request, and what runs its calls. */
export interface RequestContext extends GatewayRequest {
  readonly run: RunCall;
}

const t = initTRPC
  .context<RequestContext>()
  .meta<ProcedureMeta>()
  .create({
    transformer,
    // Whatever NODE_ENV is: stacks are for the log.
    isDev: false,
    // Formats errors that no procedure has formatted: of rejected requests, and of results that cannot be serialized.
    errorFormatter: ({ error, path }) => shapeFor<never>(error, [], path),
    sse: { client: { reconnectAfterInactivityMs: silenceMs } },
  });

/** Makes a router of procedures. */
export const createRouter = t.router;

/** A request that never ends early, such as a call in a test. */
const neverAborted = new AbortController().signal;

/**
 * Returns the function that starts procedures.
 *
 * @param method the method that they call; default: they are written by hand
 * @typeParam Context what they get besides their input: a ProcedureContext, and what the gateway's middleware adds
 */
export function procedureBuilder<Context extends object = ProcedureContext>(method?: MethodDefinition) {
  /**
   * Starts a procedure, whose calls pass through the gateway's middleware.
   *
   * @param scopes the scopes that its callers must hold
   * @param declared the errors that clients get to see; of all others with a reason they get an id
   */
  return function procedureFor<I extends ErrorInfo = never>(
    scopes: readonly string[],
    ...declared: readonly ErrorCatalogue<I>[]
  ) {
    return t.procedure
      .meta({ scopes })
      .errors(({ error, path }) => (isAbortError(error.cause) ? undefined : shapeFor(error, declared, path)))
      .use(async function runCall({ ctx, path, type, signal, next }) {
        // The middleware adds what its type says.
        const runRest = (context: ProcedureContext) => next({ ctx: context as Context & ProcedureContext });
        const procedure = { path, type, scopes, ...(method && { method }) };
        const data = await ctx.run(ctx, procedure, { signal: signal ?? neverAborted }, async (context) => {
          const result = await runRest(context);
          if (result.ok) return result.data;
          throw result.error.cause instanceof MeshError ? result.error.cause : result.error;
        });
        // Middleware may respond without running the rest. tRPC has no public way to make such a result, and reads
        // these two members alone.
        return { ok: true, data } as Awaited<ReturnType<typeof runRest>>;
      });
  };
}

/** Starts procedures whose context has what the middleware adds. */
export type ProcedureBuilder<Context extends object = ProcedureContext> = ReturnType<typeof procedureBuilder<Context>>;

/** Builds the router: the procedures and feeds that contracts expose, by the name of their service, and procedures written by hand. */
export function buildRouter(
  services: PeerDefinitions,
  upstreams: Readonly<Record<string, Pick<Upstream, "method">>>,
  byHand: TRPCRouterRecord,
  feeds?: Feeds,
): AnyTRPCRouter {
  const generated = Object.entries(services).flatMap(([name, service]) => {
    const upstream = upstreams[name];
    if (!upstream) return [];
    const exposed = exposedProcedures(name, service, upstream);
    return [[name, { ...exposed, ...feedProcedures(name, service, feeds) }] as const];
  });
  return createRouter({ ...Object.fromEntries(generated), ...byHand });
}

/**
 * Makes procedures of the methods that a contract exposes: queries of methods without side effects, mutations of other
 * unary methods, subscriptions of server streams.
 *
 * @throws Error if an exposed method takes a stream, which browsers cannot send
 */
function exposedProcedures(
  name: string,
  { methods }: ServiceDefinition,
  upstream: Pick<Upstream, "method">,
): TRPCRouterRecord {
  const exposed = Object.entries(methods).filter(([, { gateway }]) => {
    return gateway && !gateway.upload && !gateway.download;
  });
  return Object.fromEntries(
    exposed.map(([key, method]) => [key, procedureOf(method, `${name}.${key}`, upstream.method(key))]),
  );
}

/** Makes a subscription of each feed of a service. @param feeds undefined: the gateway has no NATS */
function feedProcedures(service: string, { feeds: all = {} }: ServiceDefinition, feeds: Feeds | undefined) {
  const made = Object.entries(all).map(([name, feed]) => {
    const direct = directFeed(feed, `${service}.${name}`, feeds);
    const builder = procedureBuilder()(feed.scopes, FeedError).input(direct.parse);
    const ofTrpc = builder.subscription(({ ctx, input }) => direct.resolve(ctx, input) as AsyncIterable<unknown>);
    return [name, withDirect(ofTrpc, direct)] as const;
  });
  return Object.fromEntries(made);
}

function procedureOf(method: MethodDefinition, path: string, call: CallMethod) {
  const direct = directProcedure(method, path, call);
  const { procedure, declared, parse, resolve } = direct;
  const builder = procedureBuilder(method)(procedure.scopes, ...declared).input(parse);
  switch (procedure.type) {
    case "query":
      return withDirect(
        builder.query(({ ctx, input }) => resolve(ctx, input)),
        direct,
      );
    case "mutation":
      return withDirect(
        builder.mutation(({ ctx, input }) => resolve(ctx, input)),
        direct,
      );
    case "subscription": {
      // A method of this kind returns an iterable.
      const open = (ctx: Pick<ProcedureContext, "caller" | "scope">, input: unknown) =>
        resolve(ctx, input) as AsyncIterable<unknown>;
      return withDirect(
        builder.subscription(({ ctx, input }) => open(ctx, input)),
        direct,
      );
    }
    default:
      return procedure.type satisfies never;
  }
}

/** The shape of an error has a reason only if it is one of those declared, of which I is the type. */
function shapeFor<I extends ErrorInfo>(
  error: TRPCError,
  declared: readonly ErrorCatalogue<I>[],
  path: string | undefined,
): MeshErrorShape<I | NoErrorInfo> {
  return errorShape(error, declared, path) as MeshErrorShape<I | NoErrorInfo>;
}
