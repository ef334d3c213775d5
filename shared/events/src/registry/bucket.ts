import { type KV, type KvOptions, type NatsConnection, NatsError, StorageType } from "nats";
import { requestTimeoutMs } from "../connection-options.ts";

/** The pause between two heartbeats of a replica, in milliseconds. */
export const heartbeatMs = 500;

/** A replica is silent if it writes nothing for that long, in milliseconds: three heartbeats are missing. */
export const silenceMs = 1_500;

/** NATS deletes a key that was not written for that long, in milliseconds. Readers have noticed the silence before. */
export const keyAgeMs = 5_000;

const name = "mesh_registry";

const options: Partial<KvOptions> = {
  description: "the replicas of the services of the mesh",
  history: 1,
  ttl: keyAgeMs,
  // Heartbeats come again, so no disk has to write them.
  storage: StorageType.Memory,
  // Room for about 20,000 replicas. NATS reserves it.
  max_bytes: 8 * 1024 * 1024,
  maxValueSize: 4 * 1024,
};

/** Codes of JetStream for a server without a cluster, and for a cluster of too few servers. */
const tooFewServers = [10074, 10005];

/**
 * Opens the bucket of the registry, and creates it if it is missing: on three servers of a cluster, or on the only server.
 *
 * @throws if NATS does not respond within 2 s or rejects the bucket
 */
export async function openBucket(connection: NatsConnection): Promise<KV> {
  // The check fails while a cluster elects its leader.
  const { views } = connection.jetstream({ checkAPI: false, timeout: requestTimeoutMs });
  try {
    return await views.kv(name, { ...options, replicas: 3 });
  } catch (error) {
    const code = error instanceof NatsError ? error.api_error?.err_code : undefined;
    if (!code || !tooFewServers.includes(code)) throw error;
    return await views.kv(name, { ...options, replicas: 1 });
  }
}
