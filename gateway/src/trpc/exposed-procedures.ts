import type { MethodDefinition, ServiceDefinition } from "@mesh/contracts";
import type { Upstream } from "@mesh/rpc";
import type { TRPCRouterRecord } from "@trpc/server";
import { procedureBuilder } from "./procedure.ts";

const procedureFor = procedureBuilder();

/**
 * Makes procedures of the methods that a contract exposes: queries of methods without side effects, mutations of other
 * unary methods, subscriptions of server streams.
 *
 * @throws Error if an exposed method takes a stream, which browsers cannot send
 */
export function exposedProcedures(
  { methods }: ServiceDefinition,
  upstream: Pick<Upstream, "method">,
): TRPCRouterRecord {
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
