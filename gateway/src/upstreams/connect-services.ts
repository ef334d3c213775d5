import { type Feeds, openFeeds } from "@mesh/events/feed";
import { type Bus, connectBus, natsDiscovery, natsPolicy } from "@mesh/events/registry";
import {
  type ConnectionOptions,
  connectUpstreams,
  type Discovery,
  type EventSignatures,
  type PeerDefinitions,
  type PolicySource,
  peersDiscovery,
  sharedServices,
  type Upstreams,
  validateRequest,
} from "@mesh/rpc";
import type { Lifecycle, Logger, PeerAddresses } from "@mesh/runtime";

/** Where services are found. */
export interface ServicePlaces {
  /** The addresses in MESH_PEERS. */
  readonly peers: PeerAddresses;
  /** Finds the services that have no address. */
  readonly registry: Discovery | undefined;
}

/**
 * Connects to services, which need not run yet. The others in MESH_PEERS are connected too, to watch their health.
 *
 * tRPC or the REST reader has validated a request by the time it is sent, so these connections do not do it again.
 */
export function connectServices(
  services: PeerDefinitions,
  { peers, registry }: ServicePlaces,
  options: Pick<ConnectionOptions, "credentials" | "tokens" | "mux" | "policy"> & { readonly log: Logger },
): Upstreams {
  const exposed = new Set(Object.values(services).map(({ name }) => name));
  const others = Object.keys(peers).filter((name) => !exposed.has(name));
  const watched = others.map((name) => [name, { typeName: name, name, slug: name, methods: {} }] as const);
  const local = sharedServices();
  const definitions = { ...Object.fromEntries(watched), ...services };
  return connectUpstreams(definitions, peersDiscovery(peers, { registry, log: options.log }), {
    ...options,
    callers: ["gateway"],
    ...(local && { local: { services: local, caller: "gateway" } }),
    middleware: (defaults) => defaults.filter((middleware) => middleware !== validateRequest),
  });
}

/** What a gateway has of NATS. */
export interface GatewayNats {
  readonly bus?: Bus;
  /** Finds the services; absent: all have an address. */
  readonly registry?: Discovery;
  readonly policy?: PolicySource;
  /** Subscriptions to events. */
  readonly feeds?: Feeds;
}

/** What a gateway's connection to NATS needs of it. */
interface NatsContext {
  readonly log: Logger;
  readonly life: Lifecycle;
  /** Verifies who published an event. */
  readonly signatures: EventSignatures | undefined;
}

/** How the gateway finds NATS, and through it the services without an address in `peers`. */
interface NatsSettings {
  readonly peers: PeerAddresses;
  readonly natsUrl: string | undefined;
  readonly natsCreds?: string | undefined;
}

/** Opens the feeds and the policy of the mesh, and its registry if a service has no address. Without NATS there is neither. */
export function openNats(
  services: PeerDefinitions,
  { peers, natsUrl, natsCreds }: NatsSettings,
  { log, life, signatures }: NatsContext,
): GatewayNats {
  if (!natsUrl) return {};
  const bus = connectBus({ url: natsUrl, creds: natsCreds, name: "gateway", log });
  life.onClose("bus", () => bus.close());
  const policy = natsPolicy({ bus, log });
  life.onClose("policy", () => policy.close());
  const feeds = openFeeds({ bus, signatures, log });
  life.onClose("feeds", () => feeds.close());
  const isKnown = (name: string) => Object.hasOwn(peers, name) || sharedServices()?.has(name) === true;
  if (Object.values(services).every(({ name }) => isKnown(name))) return { bus, policy, feeds };
  const registry = natsDiscovery({ bus, log });
  life.onClose("discovery", () => registry.close());
  return { bus, registry, policy, feeds };
}
