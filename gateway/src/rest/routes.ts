import type { HttpRoute, MethodDefinition, ServiceDefinition } from "@mesh/contracts";
import type { Peers } from "../context.ts";

/** A route of the gateway, and the method that it calls. */
export interface Route {
  readonly http: HttpRoute;
  readonly method: MethodDefinition;
  /** The service's name in the mesh: `orders`. */
  readonly service: keyof Peers;
  /** The method's name in TypeScript: `placeOrder`. */
  readonly key: string;
}

/** The routes that contracts give the methods they expose. */
export function routesOf(services: Readonly<Record<keyof Peers, ServiceDefinition>>): Route[] {
  return Object.entries(services).flatMap(([name, { methods }]) => {
    // The entries of an object have its keys.
    const service = name as keyof Peers;
    const exposed = Object.entries(methods).filter(([, method]) => method.gateway);
    return exposed.flatMap(([key, method]) => method.http.map((http) => ({ http, method, service, key })));
  });
}
