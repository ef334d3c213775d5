import type { MethodDefinition, ServiceDefinition } from "@mesh/contracts";
import type { TRPCRouterRecord } from "@trpc/server";
import type { Peers } from "./context.ts";
import { procedureFor } from "./trpc.ts";

export type UnaryMethod = (input: unknown) => Promise<unknown>;
export type StreamMethod = (input: unknown) => AsyncIterable<unknown>;

/**
 * Makes procedures of the methods that a contract exposes: queries of those without side effects, mutations of the other
 * unary ones, subscriptions of server streams.
 *
 * @throws Error where a method that takes a stream is exposed: a browser has no way to send one
 */
export function exposedProcedures(name: keyof Peers, service: ServiceDefinition): TRPCRouterRecord {
  const exposed = Object.entries(service.methods).filter(([, method]) => method.gateway);
  return Object.fromEntries(exposed.map(([key, method]) => [key, procedureOf(name, key, method)]));
}

function procedureOf(name: keyof Peers, key: string, method: MethodDefinition) {
  const declared = method.errors ? [method.errors] : [];
  const procedure = procedureFor(method.gateway?.scopes ?? [], ...declared).input(method.input.schema);
  switch (method.kind) {
    case "unary": {
      const call = ({ ctx, input }: { ctx: { peers: Peers }; input: unknown }) =>
        methodOf<UnaryMethod>(ctx.peers, name, key)(input);
      return method.idempotency === "no_side_effects" ? procedure.query(call) : procedure.mutation(call);
    }
    case "server_streaming":
      return procedure.subscription(({ ctx, input }) => methodOf<StreamMethod>(ctx.peers, name, key)(input));
    case "client_streaming":
    case "bidi_streaming":
      throw new Error(`${method.path} takes a stream, which a browser can't send: it can't be exposed`);
    default:
      return method.kind satisfies never;
  }
}

/** The function that calls a method. The contract that gave the method's name and kind is also what the client was made of. */
export function methodOf<M>(peers: Peers, name: keyof Peers, key: string): M {
  return Reflect.get(peers[name], key) as M;
}
