import type { ClientOf, ServiceDefinition, ServiceTypes } from "@mesh/contracts";
import type { PeerAddresses, Scope } from "@mesh/runtime";
import type { Discovery } from "../discovery/discovery.ts";
import { peerDiscovery } from "../discovery/peer-discovery.ts";
import { type ConnectionOptions, connect, type Upstream } from "./upstream.ts";

/** The services that a process calls, by the names that its code has for them. */
export type PeerDefinitions = Readonly<Record<string, ServiceDefinition<ServiceTypes>>>;

/** Clients of services, bound to one call: its deadline, cancellation, trace and principal. */
export type PeerClients<P extends PeerDefinitions> = {
  readonly [K in keyof P]: P[K] extends ServiceDefinition<infer T> ? ClientOf<T> : never;
};

/** Connections to several services. */
export interface Upstreams<P extends PeerDefinitions = PeerDefinitions> {
  /** One connection for each definition, by the same names. */
  readonly byName: {
    readonly [K in keyof P]: P[K] extends ServiceDefinition<infer T> ? Upstream<T> : never;
  };
  /** Makes clients whose calls are part of a scope. */
  bind(scope: Scope): PeerClients<P>;
  /** Resolves once all can be called. Rejects with MeshError UNAVAILABLE if the signal aborts before. */
  ready(signal: AbortSignal): Promise<void>;
  /** Closes all connections; calls under way end with UNAVAILABLE. */
  close(): Promise<void>;
}

/**
 * Connects to several services; none needs to run yet.
 *
 * @param addresses `host:port`, or several, by the services' names in the mesh, as MESH_PEERS gives them; or a discovery
 * @throws Error if one has no address
 *
 * @example
 * ```ts
 * import { CatalogService } from "@mesh/contracts/catalog/v1";
 * import { OrderService } from "@mesh/contracts/orders/v1";
 * import { connectUpstreams } from "@mesh/rpc";
 *
 * const addresses = { orders: "127.0.0.1:7001", catalog: "127.0.0.1:7002" };
 * const upstreams = connectUpstreams({ orders: OrderService, catalog: CatalogService }, addresses);
 * const { ready } = await upstreams.byName.orders.check(); // false: no server listens there
 * await upstreams.close();
 * ```
 */
export function connectUpstreams<P extends PeerDefinitions>(
  definitions: P,
  addresses: PeerAddresses | Discovery,
  options: ConnectionOptions = {},
): Upstreams<P> {
  const discoveryOf = (name: string) =>
    isDiscovery(addresses) ? addresses : peerDiscovery(name, addresses, options.log);
  const connected = Object.entries(definitions).map(([name, definition]) => {
    return [name, connect(definition, { ...options, address: discoveryOf(definition.name) })] as const;
  });
  const all = connected.map(([, upstream]) => upstream);
  const LazyClients = lazyClients(connected);
  return {
    // One entry for each of the definitions, so the types hold.
    byName: Object.fromEntries(connected) as Upstreams<P>["byName"],
    // One property for each of the definitions, so the types hold.
    bind: (scope) => new LazyClients(scope) as PeerClients<P>,
    ready: async (signal) => void (await Promise.all(all.map((upstream) => upstream.ready(signal)))),
    close: async () => void (await Promise.all(all.map((upstream) => upstream.close()))),
  };
}

/** A service may have the name of the function, too, and has no function as its address. */
function isDiscovery(addresses: PeerAddresses | Discovery): addresses is Discovery {
  return typeof addresses.watch === "function";
}

const scopeOf = Symbol("scope");

/** Makes the class of objects that make each client when it is used: a call uses few of the services. */
function lazyClients(connected: readonly (readonly [string, Upstream])[]): new (scope: Scope) => object {
  class LazyClients {
    readonly [scopeOf]: Scope;

    constructor(scope: Scope) {
      this[scopeOf] = scope;
    }
  }
  for (const [name, { bind }] of connected) {
    const get = function (this: LazyClients) {
      return bind(this[scopeOf]);
    };
    Object.defineProperty(LazyClients.prototype, name, { enumerable: true, get });
  }
  return LazyClients;
}
