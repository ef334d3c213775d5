import type { Logger, PeerAddresses } from "@mesh/runtime";
import type { Discovery } from "./discovery.ts";
import { peerDiscovery } from "./peer-discovery.ts";

/** Options of a discovery of peers. */
export interface PeersDiscoveryOptions {
  /** Finds the services that have no address. Default: to watch one is an error. */
  readonly registry?: Discovery | undefined;
  /** Gets a line when lookups by DNS fail and when they work again. Default: none is written. */
  readonly log?: Logger;
}

/**
 * Returns a discovery by addresses, as MESH_PEERS gives them, and of all other services by a registry.
 *
 * @throws Error if a service is watched that has no address, and there is no registry
 *
 * @example
 * ```ts
 * import { CatalogService } from "@mesh/contracts/catalog/v1";
 * import { connect, peersDiscovery, staticDiscovery } from "@mesh/rpc";
 *
 * const registry = staticDiscovery({ orders: ["127.0.0.1:7002"] });
 * const address = peersDiscovery({ catalog: "127.0.0.1:7001" }, { registry });
 * const catalog = connect(CatalogService, { address });
 * await catalog.close();
 * ```
 */
export function peersDiscovery(addresses: PeerAddresses, { registry, log }: PeersDiscoveryOptions = {}): Discovery {
  return {
    watch(name, onChange) {
      const hasAddress = Object.hasOwn(addresses, name);
      const discovery = registry && !hasAddress ? registry : peerDiscovery(name, addresses, log);
      return discovery.watch(name, onChange);
    },
  };
}
