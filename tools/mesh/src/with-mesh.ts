import { CommandError } from "@mesh/codegen/command";
import type { ServiceDefinition } from "@mesh/contracts";
import { natsDiscovery, natsPolicy } from "@mesh/events/registry";
import {
  type ClientMiddleware,
  connect,
  type Identity,
  openIdentity,
  tlsShape,
  type Upstream,
  validateRequest,
} from "@mesh/rpc";
import { readSettings } from "@mesh/runtime";
import type { MeshAccess } from "./settings.ts";
import { quiet, withNats } from "./with-nats.ts";

/** How a service is called. */
export interface CallAccess extends MeshAccess {
  /** `host:port` of a replica, so that NATS is not needed; undefined: all replicas in the registry. */
  readonly address: string | undefined;
}

const withoutCheck = (defaults: readonly ClientMiddleware[]) => defaults.filter((step) => step !== validateRequest);

/** Does work with a connection to a service, which the policy of the mesh applies to. @throws CommandError if there is none */
export async function withUpstream<T>(
  access: CallAccess,
  definition: ServiceDefinition,
  work: (upstream: Upstream) => Promise<T>,
): Promise<T> {
  return withCredentials(access, async (credentials) => {
    const options = { middleware: withoutCheck, ...(credentials && { credentials }) };
    if (access.address) return used(connect(definition, { ...options, address: access.address }), work);
    return withNats(access, async (bus) => {
      const [discovery, policy] = [natsDiscovery({ bus, log: quiet }), natsPolicy({ bus, log: quiet })];
      try {
        return await used(connect(definition, { ...options, address: discovery, policy }), work);
      } finally {
        await Promise.all([discovery.close(), policy.close()]);
      }
    });
  });
}

/** Does work with the identity of the caller; undefined: calls are not encrypted. @throws CommandError if it can't be read */
export async function withCredentials<T>(
  { tlsDir }: MeshAccess,
  work: (credentials: Identity | undefined) => Promise<T>,
): Promise<T> {
  const closing = new AbortController();
  try {
    return await work(tlsDir === undefined ? undefined : await credentialsIn(tlsDir, closing.signal));
  } finally {
    closing.abort();
  }
}

async function credentialsIn(folder: string, signal: AbortSignal) {
  try {
    const { MESH_SPIFFE_PATHS } = readSettings({ MESH_SPIFFE_PATHS: tlsShape().MESH_SPIFFE_PATHS });
    const settings = { MESH_TLS: "on", MESH_TLS_DIR: folder, MESH_SPIFFE_PATHS } as const;
    return (await openIdentity(settings, { names: [], log: quiet, signal })).credentials;
  } catch (error) {
    throw new CommandError(`can't use the certificate in ${folder}: ${error instanceof Error ? error.message : error}`);
  }
}

async function used<T>(upstream: Upstream, work: (upstream: Upstream) => Promise<T>): Promise<T> {
  try {
    return await work(upstream);
  } finally {
    await upstream.close();
  }
}
