import type { Code } from "./codes.ts";

export type { Code };

/**
 * The HTTP status of each canonical code.
 *
 * Source: https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto
 */
const statuses: Readonly<Record<Code, number>> = {
  CANCELLED: 499,
  UNKNOWN: 500,
  INVALID_ARGUMENT: 400,
  DEADLINE_EXCEEDED: 504,
  NOT_FOUND: 404,
  ALREADY_EXISTS: 409,
  PERMISSION_DENIED: 403,
  RESOURCE_EXHAUSTED: 429,
  FAILED_PRECONDITION: 400,
  ABORTED: 409,
  OUT_OF_RANGE: 400,
  UNIMPLEMENTED: 501,
  INTERNAL: 500,
  UNAVAILABLE: 503,
  DATA_LOSS: 500,
  UNAUTHENTICATED: 401,
};

/**
 * The name of the reason, in a contract, for an idempotency key that was used for another request. It has its own status.
 *
 * Source: draft-ietf-httpapi-idempotency-key-header, 2.7
 */
const idempotencyConflict = "IDEMPOTENCY_CONFLICT";

/**
 * Returns the HTTP status that a REST client gets for an error.
 *
 * @param reason empty if none is declared
 *
 * @example
 * ```ts
 * import { httpStatusOf } from "@mesh/contracts";
 *
 * httpStatusOf("ALREADY_EXISTS"); // 409
 * httpStatusOf("ALREADY_EXISTS", "IDEMPOTENCY_CONFLICT"); // 422
 * ```
 */
export function httpStatusOf(code: Code, reason = ""): number {
  return reason === idempotencyConflict ? 422 : statuses[code];
}
