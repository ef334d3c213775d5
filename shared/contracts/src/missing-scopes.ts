import { MeshError } from "./error.ts";

/**
 * Returns the error for a caller that lacks scopes; undefined: it has all of them. The error names those that are missing.
 *
 * @example
 * ```ts
 * import { missingScopes } from "@mesh/contracts";
 *
 * missingScopes(["orders:read"], new Set(["orders:read"])); // undefined
 * missingScopes(["orders:write"], new Set())?.message; // "the caller lacks the scope orders:write"
 * ```
 */
export function missingScopes(needed: readonly string[], held: ReadonlySet<string> | undefined): MeshError | undefined {
  const missing = needed.filter((scope) => !held?.has(scope));
  if (missing.length === 0) return undefined;
  const message = `the caller lacks the ${missing.length > 1 ? "scopes" : "scope"} ${missing.join(", ")}`;
  return new MeshError({ code: "PERMISSION_DENIED", message });
}
