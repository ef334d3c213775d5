import {
  type ConnectionOptions,
  connectUpstreams,
  type PeerDefinitions,
  type Upstreams,
  validateRequest,
} from "@mesh/rpc";
import type { PeerAddresses } from "@mesh/runtime";

/**
 * Connects to services, which need not run yet. The others in MESH_PEERS are connected too, to watch their health.
 *
 * tRPC or the REST reader has validated a request by the time it is sent, so these connections do not do it again.
 */
export function connectServices(
  services: PeerDefinitions,
  addresses: PeerAddresses,
  options: Pick<ConnectionOptions, "log" | "credentials" | "mux">,
): Upstreams {
  const exposed = new Set(Object.values(services).map(({ name }) => name));
  const others = Object.keys(addresses).filter((name) => !exposed.has(name));
  const watched = others.map((name) => [name, { typeName: name, name, slug: name, methods: {} }] as const);
  const definitions = { ...Object.fromEntries(watched), ...services };
  return connectUpstreams(definitions, addresses, {
    ...options,
    middleware: (defaults) => defaults.filter((middleware) => middleware !== validateRequest),
  });
}
