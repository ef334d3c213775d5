import { dnsTargetOf, type Logger, type PeerAddresses } from "@mesh/runtime";
import type { Discovery } from "./discovery.ts";
import { dnsDiscovery } from "./dns-discovery.ts";
import { staticDiscovery } from "./static-discovery.ts";

/**
 * Returns the discovery of one service among addresses as MESH_PEERS gives them.
 *
 * @throws Error if the service has no address, or one with `dns:` besides others
 */
export function peerDiscovery(name: string, addresses: PeerAddresses, log: Logger | undefined): Discovery {
  const own = Object.hasOwn(addresses, name) ? addresses[name] : undefined;
  const list = (typeof own === "string" ? [own] : (own ?? [])).filter(Boolean);
  const [first] = list;
  if (!first) throw new Error(`${name} has no address`);
  const host = list.map(dnsTargetOf).find(Boolean);
  if (!host) return staticDiscovery({ [name]: list });
  if (list.length > 1) throw new Error(`${name} has an address with dns: and others: ${list.join()}`);
  return dnsDiscovery({ [name]: host }, { log });
}
