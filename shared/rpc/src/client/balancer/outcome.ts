import { type Code, MeshError } from "@mesh/contracts";
import { isFromServer } from "../../error-origin.ts";

/**
 * What the end of a call says of its replica.
 * - `answered`: the server has responded, be it with an error of the application.
 * - `failed`: the server has responded with an error of its own.
 * - `lost`: there is no connection, or it broke.
 * - `late`: it did not respond within a second or more.
 * - `nothing`: the caller left, or gave it little time, or the server had no room for the call.
 */
export type Outcome = "answered" | "failed" | "lost" | "late" | "nothing";

/** The codes by which a server says that it can't do its work. All others but the two below are errors of the application. */
const failures: readonly Code[] = ["UNAVAILABLE", "INTERNAL", "UNKNOWN", "DATA_LOSS"];

/** A call that has waited for less says nothing when its time is up, in milliseconds. */
const lateAfterMs = 1_000;

/**
 * Returns what the end of a unary call says of its replica. RESOURCE_EXHAUSTED is no failure: ejecting a replica that has too much to do
 * would give more to the others.
 */
export function outcomeOf(error: Error | undefined, elapsedMs: number): Outcome {
  if (!error) return "answered";
  if (!(error instanceof MeshError)) return "nothing";
  const { code } = error;
  if (code === "CANCELLED" || code === "RESOURCE_EXHAUSTED") return "nothing";
  if (code === "DEADLINE_EXCEEDED") return elapsedMs >= lateAfterMs ? "late" : "nothing";
  if (!failures.includes(code)) return "answered";
  return code === "UNAVAILABLE" && !isFromServer(error) ? "lost" : "failed";
}

/** The same of a stream, which is not late at the end of its time. */
export function streamOutcomeOf(error: Error | undefined): Outcome {
  return outcomeOf(error, 0);
}
