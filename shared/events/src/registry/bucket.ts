import { type KV, type KvOptions, type NatsConnection, StorageType } from "nats";
import { openBucket } from "../kv/open-bucket.ts";

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

/**
 * Opens the bucket of the registry, and creates it if it is missing.
 *
 * @throws if NATS does not respond within 2 s or rejects the bucket
 */
export function openRegistryBucket(connection: NatsConnection): Promise<KV> {
  return openBucket(connection, name, options);
}
