import { ErrorCode, type KV, type KvOptions, type NatsConnection, NatsError, StorageType } from "nats";
import { requestTimeoutMs } from "../connection-options.ts";
import { openBucket } from "../kv/open-bucket.ts";
import { reasonOf } from "../nats-error.ts";
import { managerOf } from "../streams.ts";

/** The pause between two heartbeats of a replica, in milliseconds. */
export const heartbeatMs = 500;

/** A replica is silent if it writes nothing for that long, in milliseconds: three heartbeats are missing. */
export const silenceMs = 1_500;

/**
 * A replica may be silent for that long if its server of NATS has vanished, in milliseconds: it waits for 1 s until its heartbeat is
 * confirmed, probes the connection for 1.5 s, and the client tries the same server for 5 s before it connects to another one.
 */
export const vanishedMs = 10_000;

/** NATS deletes a key that was not written for that long, in milliseconds. Most readers have noticed the silence before. */
export const keyAgeMs = 5_000;

/** The name of the bucket. */
export const registryBucket = "mesh_registry";

const options: Partial<KvOptions> = {
  description: "the replicas of the services of the mesh",
  history: 1,
  ttl: keyAgeMs,
  // Heartbeats come again, so no disk has to write them.
  storage: StorageType.Memory,
  // Room for about 20,000 replicas. NATS reserves it.
  max_bytes: 8 * 1024 * 1024,
  maxValueSize: 4 * 1024,
  // Only the leader of a cluster says what the bucket has: other servers may have missed heartbeats.
  allow_direct: false,
};

/** The code of JetStream for a stream whose servers are down. */
const offline = 10118;

/**
 * Opens the bucket of the registry, and creates it if it is missing.
 *
 * @throws if NATS does not respond within 2 s or rejects the bucket
 */
export function openRegistryBucket(connection: NatsConnection): Promise<KV> {
  return openBucket(connection, registryBucket, options);
}

/**
 * Removes the bucket if no server leads it, so that it is created again. A cluster can't elect a leader if most of its servers
 * were restarted one soon after the other, because each has lost what it had in memory. Only heartbeats are lost with it.
 *
 * @returns whether it was removed
 */
export async function removeWithoutLeader(connection: NatsConnection): Promise<boolean> {
  const { streams } = await managerOf(connection);
  const stream = `KV_${registryBucket}`;
  const hasLeader = await streams.info(stream).then(
    ({ cluster }) => cluster?.name === undefined || Boolean(cluster.leader),
    (error: unknown) => codeOf(error) !== offline,
  );
  return !hasLeader && (await streams.delete(stream));
}

/** Returns why the bucket can't be used. */
export function reasonOfBucket(error: unknown): string {
  const code = error instanceof NatsError ? error.code : "";
  if (code === ErrorCode.Timeout) return `NATS did not respond within ${requestTimeoutMs / 1_000} s`;
  return code === ErrorCode.NoResponders ? "no server of NATS has the registry" : reasonOf(error);
}

/** Returns the code of an error of JetStream; 0: it is another error. */
function codeOf(error: unknown): number {
  return (error instanceof NatsError && error.api_error?.err_code) || 0;
}
