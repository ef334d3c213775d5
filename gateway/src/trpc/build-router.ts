import type { PeerDefinitions, Upstream } from "@mesh/rpc";
import type { AnyTRPCRouter, TRPCRouterRecord } from "@trpc/server";
import { exposedProcedures } from "./exposed-procedures.ts";
import { createRouter } from "./procedure.ts";

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
