import { MeshError } from "@mesh/contracts";
import { retryLaterMs } from "../retry-later.ts";

/** The error of calls that a server that closes, or closes their connection, does not answer. */
export const closing = new MeshError({
  code: "UNAVAILABLE",
  message: "the server is closing",
  retryAfterMs: retryLaterMs,
});
