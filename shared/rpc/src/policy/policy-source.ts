import type { Policy } from "@mesh/contracts/mesh/v1";

/** Where the policy of the mesh comes from. */
export interface PolicySource {
  /**
   * Calls back now, if the policy is known, and after each change, until the returned function is called. Every policy that
   * it gives is valid.
   */
  watch(onChange: (policy: Policy) => void): () => void;
}
