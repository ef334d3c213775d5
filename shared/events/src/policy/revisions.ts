import type { Policy } from "@mesh/contracts/mesh/v1";
import type { KV } from "nats";
import { entriesIn } from "../kv/entries-in.ts";
import { policyKey } from "./bucket.ts";
import { validPolicyOf } from "./entry.ts";

/** A policy that was written. */
export interface PolicyRevision {
  /** Counts the writes, from 1. */
  readonly revision: number;
  readonly createdAt: Date;
  /** Undefined: it is not valid. */
  readonly policy: Policy | undefined;
}

/** Returns the policies that are kept, the newest first. */
export async function revisionsIn(bucket: KV): Promise<PolicyRevision[]> {
  const entries = await entriesIn(bucket, policyKey);
  const revisions = entries.map((entry) => {
    return { revision: entry.revision, createdAt: entry.created, policy: validPolicyOf(entry) };
  });
  return revisions.toSorted((one, other) => other.revision - one.revision);
}
