import type { Policy } from "@mesh/contracts/mesh/v1";
import { policyJson, readPolicy } from "@mesh/rpc";
import type { KvEntry } from "nats";

/** The policy of a mesh that has none. */
export const noPolicy: Policy = { rules: [] };

/** Returns the value of a policy: its JSON. */
export function encodePolicy(policy: Policy): string {
  return JSON.stringify(policyJson(policy));
}

/** Reads an entry; one that is deleted is a policy without rules. @throws Error if it is not JSON, or no valid policy */
export function policyOf({ operation, value }: Pick<KvEntry, "operation" | "value">): Policy {
  if (operation !== "PUT") return noPolicy;
  // Half of a character is no JSON either.
  return readPolicy(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(value)));
}

/** Returns the policy of an entry; undefined: it is not valid. */
export function validPolicyOf(entry: KvEntry): Policy | undefined {
  try {
    return policyOf(entry);
  } catch {
    return undefined;
  }
}
