import { type KV, type KvOptions, type NatsConnection, NatsError } from "nats";
import { requestTimeoutMs } from "../connection-options.ts";

/** Codes of JetStream for a server without a cluster, and for a cluster of too few servers. */
const tooFewServers = [10074, 10005];

/**
 * Opens a bucket, and creates it if it is missing: on three servers of a cluster, or on the only server.
 *
 * @throws if NATS does not respond within 2 s or rejects the bucket
 */
export async function openBucket(connection: NatsConnection, name: string, options: Partial<KvOptions>): Promise<KV> {
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
