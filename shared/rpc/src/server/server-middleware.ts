import { type Principal, parsePrincipal, principalHeader } from "@mesh/contracts";
import type { Next } from "@mesh/runtime";
import { validateRequest } from "../validate-request.ts";
import { accessLog, quietAccessLog } from "./access-log.ts";
import { limitHeaders, limitInFlight, limitTime } from "./call-limits.ts";
import { hideUndeclaredErrors } from "./hide-errors.ts";
import type { ServerCall, ServerMiddleware } from "./server-call.ts";

/**
 * Reads for whom a call is made from the header `mesh-principal`, which is believed: callers are parts of the mesh. A
 * server that others can reach replaces it by a middleware that verifies who calls.
 */
export function readPrincipal(call: ServerCall, next: Next<{ principal?: Principal }>): Promise<unknown> {
  const principal = parsePrincipal(call.header(principalHeader));
  return next(principal && { principal });
}

/** The steps around every call of a server unless `middleware` says otherwise, the first one outermost. */
export const defaultServerMiddleware: readonly ServerMiddleware[] = [
  accessLog,
  hideUndeclaredErrors,
  limitHeaders,
  limitTime,
  limitInFlight,
  readPrincipal,
  validateRequest,
];

/** The steps around the calls of a server's own services, health and reflection. */
export const ownServerMiddleware: readonly ServerMiddleware[] = defaultServerMiddleware.map((middleware) =>
  middleware === accessLog ? quietAccessLog : middleware,
);
