import { MeshError } from "@mesh/contracts";

/** Returns the error for clients that can come back in a second. */
export function unavailable(message: string, cause?: unknown): MeshError {
  return new MeshError({ code: "UNAVAILABLE", message, retryAfterMs: 1_000, cause });
}
