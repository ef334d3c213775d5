import { MeshError } from "@mesh/contracts";
import type { Scope } from "@mesh/runtime";
import { isStoreUnavailable, StoreError } from "@mesh/store";

/** The time that is left for a handler when its calls have none left, in milliseconds. The calls end 50 ms earlier than it. */
const ownTimeMs = 20;

/**
 * Returns whether an error is not the event's fault: the database or a service that the handler needs is unavailable, or did not
 * respond in time. A handler that uses up its own time has failed.
 */
export function isUnavailable(error: unknown, { deadline }: Pick<Scope, "deadline">): boolean {
  if (isStoreUnavailable(error)) return true;
  if (!(error instanceof MeshError) || error.cause instanceof StoreError) return false;
  return error.code === "UNAVAILABLE" || (error.code === "DEADLINE_EXCEEDED" && Date.now() < deadline - ownTimeMs);
}
