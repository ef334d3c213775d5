import { type KV, type KvOptions, type NatsConnection, StorageType } from "nats";
import { openBucket } from "../kv/open-bucket.ts";

/** The name of the bucket. */
export const policyBucket = "mesh_policy";

/** The key of the policy in its bucket. */
export const policyKey = "policy";

/** The largest policy, in bytes of JSON. */
export const maxPolicyBytes = 256 * 1024;

/** How many policies are kept, the current one included. */
const history = 30;

const options: Partial<KvOptions> = {
  description: "the policy of the mesh",
  history,
  storage: StorageType.File,
  maxValueSize: maxPolicyBytes,
  // NATS reserves it. Each entry has a few hundred bytes more.
  max_bytes: (history + 2) * maxPolicyBytes,
};

/**
 * Opens the bucket of the policy, and creates it if it is missing.
 *
 * @throws if NATS does not respond within 2 s or rejects the bucket
 */
export function openPolicyBucket(connection: NatsConnection): Promise<KV> {
  return openBucket(connection, policyBucket, options);
}
