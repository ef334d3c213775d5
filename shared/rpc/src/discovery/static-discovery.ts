import type { Discovery } from "./discovery.ts";

/**
 * Returns a discovery of replicas that never change. The id of a replica is its address.
 *
 * @param addresses the addresses (`host:port`) of the replicas by the services' names in the mesh
 *
 * @example
 * ```ts
 * import { OrderService } from "@mesh/contracts/orders/v1";
 * import { connect, staticDiscovery } from "@mesh/rpc";
 *
 * const address = staticDiscovery({ orders: ["127.0.0.1:7001", "127.0.0.1:7002"] });
 * const orders = connect(OrderService, { address });
 * await orders.close();
 * ```
 */
export function staticDiscovery(addresses: Readonly<Record<string, readonly string[]>>): Discovery {
  return {
    watch(name, onChange) {
      const known = Object.hasOwn(addresses, name) ? addresses[name] : undefined;
      onChange([...new Set(known)].map((address) => ({ id: address, address })));
      return () => {};
    },
  };
}
