import type { MethodDefinition, ServiceDefinition } from "@mesh/contracts";
import type { PeerDefinitions, Upstream } from "@mesh/rpc";
import type { AnyTRPCRouter, TRPCRouterRecord } from "@trpc/server";
import { createRouter, procedureBuilder } from "./procedure.ts";

const procedureFor = procedureBuilder();

/** Builds the router: the procedures that contracts expose, by the name of their service, and those written by hand. */
export function buildRouter(
  services: PeerDefinitions,
  upstreams: Readonly<Record<string, Pick<Upstream, "method">>>,
  byHand: TRPCRouterRecord,
): AnyTRPCRouter {
  const generated = Object.entries(services).flatMap(([name, service]) => {
    const upstream = upstreams[name];
    return upstream ? [[name, exposedProcedures(service, upstream)] as const] : [];
  });
  return createRouter({ ...Object.fromEntries(generated), ...byHand });
}

/**
 * Makes procedures of the methods that a contract exposes: queries of methods without side effects, mutations of other
 * unary methods, subscriptions of server streams.
 *
 * @throws Error if an exposed method takes a stream, which browsers cannot send
 */
function exposedProcedures({ methods }: ServiceDefinition, upstream: Pick<Upstream, "method">): TRPCRouterRecord {
  const exposed = Object.entries(methods).filter(([, method]) => method.gateway);
  return Object.fromEntries(exposed.map(([key, method]) => [key, procedureOf(method, key, upstream)]));
}

function procedureOf(method: MethodDefinition, key: string, upstream: Pick<Upstream, "method">) {
  const declared = method.errors ? [method.errors] : [];
  const procedure = procedureFor(method.gateway?.scopes ?? [], ...declared).input(method.input.schema);
  switch (method.kind) {
    case "unary": {
      const call = upstream.method(key);
      return method.idempotency === "no_side_effects"
        ? procedure.query(({ ctx, input }) => call(ctx.scope, input))
        : procedure.mutation(({ ctx, input }) => call(ctx.scope, input));
    }
    case "server_streaming": {
      const call = upstream.method(key);
      // A method of this kind returns an iterable.
      return procedure.subscription(({ ctx, input }) => call(ctx.scope, input) as AsyncIterable<unknown>);
    }
    case "client_streaming":
    case "bidi_streaming":
      throw new Error(`${method.path} takes a stream, which browsers cannot send: remove its \`gateway\` option`);
    default:
      return method.kind satisfies never;
  }
}
