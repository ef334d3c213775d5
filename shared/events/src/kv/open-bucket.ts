import type { KV, KvOptions, NatsConnection } from "nats";
import { requestTimeoutMs } from "../connection-options.ts";
import { bucketReplicas, isTooFewServers } from "./raise-replicas.ts";

/**
 * Opens a bucket, and creates it if it is missing: on three servers of a cluster, or on the only server.
 *
 * @throws if NATS does not respond within 2 s or rejects the bucket
 */
export async function openBucket(connection: NatsConnection, name: string, options: Partial<KvOptions>): Promise<KV> {
  // The check fails while a cluster elects its leader.
  const { views } = connection.jetstream({ checkAPI: false, timeout: requestTimeoutMs });
  try {
    return await views.kv(name, { ...options, replicas: bucketReplicas });
  } catch (error) {
    if (!isTooFewServers(error)) throw error;
    return await views.kv(name, { ...options, replicas: 1 });
  }
}
