import { type NatsConnection, NatsError } from "nats";
import { managerOf } from "../streams.ts";

/** Codes of JetStream for a server without a cluster, and for a cluster of too few servers. */
const tooFewServers = [10074, 10005];

/** The number of servers of a cluster that keep a bucket: it survives the loss of one. */
export const bucketReplicas = 3;

/** Returns whether NATS rejected three replicas because it has fewer servers. */
export function isTooFewServers(error: unknown): boolean {
  return error instanceof NatsError && tooFewServers.includes(error.api_error?.err_code ?? 0);
}

/**
 * Puts a bucket on three servers if a cluster has it on fewer.
 *
 * @returns whether that was changed; false if the cluster has fewer servers
 *
 * @throws if NATS does not respond within 2 s, or rejects the change for another reason
 */
export async function raiseReplicas(connection: NatsConnection, bucket: string): Promise<boolean> {
  const { streams } = await managerOf(connection);
  const { config, cluster } = await streams.info(`KV_${bucket}`);
  // Without a cluster, NATS accepts the change, and at its next start it ignores the stream.
  if (cluster?.name === undefined || config.num_replicas >= bucketReplicas) return false;
  try {
    await streams.update(config.name, { ...config, num_replicas: bucketReplicas });
    return true;
  } catch (error) {
    if (isTooFewServers(error)) return false;
    throw error;
  }
}
