import type { MeshErrorShape } from "@mesh/contracts";

/** What tRPC's responses depend on, and ours. */
export const varyHeader = "trpc-accept, accept, origin";

/** Returns the longest retry delay of errors, in milliseconds; undefined: none has one. */
export function longestDelay(errors: readonly MeshErrorShape[]): number | undefined {
  const delays = errors.flatMap(({ data }) => data.retryAfterMs ?? []);
  return delays.length === 0 ? undefined : Math.max(...delays);
}
