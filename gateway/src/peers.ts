import type { ServiceDefinition } from "@mesh/contracts";
import { connect, type Upstream } from "@mesh/rpc";
import type { Logger, PeerAddresses, Scope } from "@mesh/runtime";
import type { Peers } from "./context.ts";

/** Connections to services. */
export interface Connections {
  /** Every service that has an address, also those of which nothing is exposed. */
  readonly byName: Readonly<Record<string, Upstream>>;
  /** Clients of all services, for one call; each is made when it is used. */
  bind(scope: Scope): Peers;
  close(): Promise<void>;
}

/** Connects to services; none needs to be there yet. */
export function connectAll(
  services: Readonly<Record<string, ServiceDefinition>>,
  addresses: PeerAddresses,
  log: Logger,
): Connections {
  const names = [...new Set([...Object.keys(services), ...Object.keys(addresses)])];
  const peers = names.map((name) => {
    const service = services[name] ?? { typeName: name, methods: {} };
    return [name, connect(service, { address: addresses[name] ?? "", log })] as const;
  });
  return {
    byName: Object.fromEntries(peers),
    bind: (scope) =>
      bindLazily(
        peers.filter(([name]) => Object.hasOwn(services, name)),
        scope,
      ),
    close: async () => void (await Promise.all(peers.map(([, peer]) => peer.close()))),
  };
}

/** A call uses one or two services, and a client has a function for each method of its service. */
function bindLazily(entries: readonly (readonly [string, Upstream])[], scope: Scope): Peers {
  const clients = {};
  for (const [name, peer] of entries) {
    Object.defineProperty(clients, name, { configurable: true, enumerable: true, get: () => peer.bind(scope) });
  }
  // The names and the services are those that the type is made of.
  return clients as Peers;
}
