import { type ClientOf, peerName, type ServiceDefinition, type ServiceTypes } from "@mesh/contracts";
import type { Logger, Scope } from "@mesh/runtime";
import { clientFor } from "./client.ts";
import { grpcTransport } from "./grpc-transport.ts";
import { type Readiness, readinessOf } from "./readiness.ts";

/** Where a service of the mesh is, by its name there (`orders`): `host:port`. */
export type Discovery = (name: string) => string;

/** How a service is reached. */
export interface ConnectOptions {
  /** `host:port`; a name with several addresses is balanced over all of them. */
  readonly address: string | Discovery;
  /** Told when the peer is lost and found; default: nobody is. */
  readonly log?: Logger;
  /** Headers of every call, asked for each time; default: none but the mesh's own, which none of these replaces. */
  readonly headers?: () => Readonly<Record<string, string>>;
}

/** Another service. Its connection opens with the first call and heals by itself. */
export interface Peer<T extends ServiceTypes = ServiceTypes> {
  /** Makes calls that stand alone: nobody's, in a trace of their own. */
  readonly client: ClientOf<T>;
  /** Makes calls that are part of a scope: its deadline, its cancellation, its trace, its principal. */
  bind(scope: Scope): ClientOf<T>;
  /** Asks once whether it can be called, for at most a second. Never rejects. */
  check(signal?: AbortSignal): Promise<Readiness>;
  /** Resolves once it can be called. Rejects with MeshError UNAVAILABLE, saying why, where the signal aborts before. */
  ready(signal: AbortSignal): Promise<void>;
  /** Closes the connection; calls under way end with UNAVAILABLE. */
  close(): Promise<void>;
}

/** Connects to a service, which need not be there yet. */
export function connect<T extends ServiceTypes>(
  definition: ServiceDefinition<T>,
  { address, log, headers }: ConnectOptions,
): Peer<T> {
  const peer = peerName(definition);
  const target = typeof address === "string" ? address : address(peer);
  if (!target) throw new Error(`${peer} has no address`);
  const transport = grpcTransport(target, peer, log);
  const bind = (scope: Scope | undefined) => clientFor(definition, { peer, transport, scope, headers });
  return {
    client: bind(undefined),
    bind,
    ...readinessOf({ peer, transport, scope: undefined, headers }),
    close: async () => transport.close(),
  };
}
