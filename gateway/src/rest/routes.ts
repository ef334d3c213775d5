import type { HttpRoute, MethodDefinition } from "@mesh/contracts";
import type { CallMethod, PeerDefinitions, Upstream } from "@mesh/rpc";
import type { Procedure } from "../calls/procedure-call.ts";
import { procedureTypeOf } from "../calls/procedure-type.ts";

/** A route of the gateway, and the method that it calls. */
export interface Route {
  readonly http: HttpRoute;
  readonly method: MethodDefinition;
  readonly procedure: Procedure;
  /** Calls the method. */
  readonly call: CallMethod;
}

/** Returns the routes that contracts give to the methods that they expose. */
export function routesOf(
  services: PeerDefinitions,
  upstreams: Readonly<Record<string, Pick<Upstream, "method">>>,
): Route[] {
  return Object.entries(services).flatMap(([name, { methods }]) => {
    const upstream = upstreams[name];
    return Object.entries(methods).flatMap(([key, method]) => {
      if (!upstream || !method.gateway) return [];
      const { scopes } = method.gateway;
      const isFile = isFileOf(method);
      const procedure = { path: `${name}.${key}`, type: procedureTypeOf(method), scopes, method, isFile };
      const call = upstream.method(key);
      return method.http.map((http) => ({ http, method, procedure, call }));
    });
  });
}

/** Returns true if a method sends or gets a file. */
function isFileOf({ gateway }: MethodDefinition): boolean {
  return gateway?.upload !== undefined || gateway?.download !== undefined;
}
