import { randomBytes } from "node:crypto";
import {
  type Code,
  MeshError,
  type MethodDefinition,
  type Principal,
  parsePrincipal,
  principalHeader,
} from "@mesh/contracts";
import type { Next } from "@mesh/runtime";
import { methodName } from "../deadline.ts";
import { isReceived } from "../received-error.ts";
import { validateRequest } from "../validate-request.ts";
import { limitHeaders, limitInFlight, limitTime } from "./call-limits.ts";
import type { ServerCall, ServerMiddleware } from "./server-call.ts";

/** The codes of failures that may be the server's own. */
const faults: ReadonlySet<Code> = new Set(["UNKNOWN", "DEADLINE_EXCEEDED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS"]);

/**
 * Writes one line for each call: at debug, or at info if the server may be at fault. It says who called which method and
 * how the call ended, never what it carried.
 *
 * @example
 * ```ts
 * import { accessLog, defaultServerMiddleware, type ServerMiddleware } from "@mesh/rpc";
 *
 * const atTrace: ServerMiddleware = (call, next) => accessLog(call, next, "trace");
 * const middleware = defaultServerMiddleware.map((step) => (step === accessLog ? atTrace : step));
 * ```
 */
export async function accessLog(
  call: ServerCall,
  next: () => Promise<unknown>,
  level: "debug" | "trace" = "debug",
): Promise<unknown> {
  const startedAt = performance.now();
  try {
    const response = await next();
    writeLine(call, level, "OK", startedAt);
    return response;
  } catch (error) {
    const { code, reason, cause } = error instanceof MeshError ? error : { code: "UNKNOWN" as const };
    writeLine(call, faults.has(code) ? "info" : level, code, startedAt, { ...(reason && { reason }), err: cause });
    throw error;
  }
}

function writeLine(
  { context: { log, principal }, method, peer }: ServerCall,
  level: "info" | "debug" | "trace",
  code: Code | "OK",
  startedAt: number,
  more?: { reason?: string; err: unknown },
): void {
  if (!log.isLevelEnabled(level)) return;
  const ms = Math.round((performance.now() - startedAt) * 10) / 10;
  log[level]({ method: methodName(method), code, ms, peer, principal, ...more }, "call");
}

/** Codes that no contract can declare: something is broken, and the message is for us. */
const broken: ReadonlySet<Code> = new Set(["UNKNOWN", "INTERNAL", "DATA_LOSS"]);

/**
 * Replaces an error that the method does not declare by a neutral INTERNAL with an id, and logs it with that id.
 *
 * Two kinds of errors reach the caller without being declared: those that have a code and no reason, and those that
 * another service returned. The latter have come through this middleware there, and pass every further hop unchanged.
 *
 * @example
 * ```ts
 * import { defaultServerMiddleware, hideUndeclaredErrors } from "@mesh/rpc";
 *
 * const without = defaultServerMiddleware.filter((step) => step !== hideUndeclaredErrors);
 * ```
 */
export async function hideUndeclaredErrors(call: ServerCall, next: () => Promise<unknown>): Promise<unknown> {
  try {
    return await next();
  } catch (error) {
    const { context, method } = call;
    if (error instanceof MeshError && isPublic(error, method)) throw error;
    const errorId = randomBytes(6).toString("hex");
    const attributes = { errorId, method: methodName(method), ...undeclared(error) };
    context.log.error({ err: error, ...attributes }, "a handler failed");
    throw new MeshError({ code: "INTERNAL", message: `internal error (id ${errorId})` });
  }
}

function isPublic(error: MeshError, { errors }: MethodDefinition): boolean {
  if (isReceived(error)) return true;
  return error.reason === "" ? !broken.has(error.code) : errors?.has(error) === true;
}

/** The reason that a contract would have to declare. */
function undeclared(error: unknown): { readonly undeclared?: string } {
  return error instanceof MeshError && error.reason ? { undeclared: `${error.domain} ${error.reason}` } : {};
}

/**
 * Reads for whom a call is made from the header `mesh-principal`, which is believed: callers are parts of the mesh. A
 * server that others can reach replaces it by a middleware that verifies who calls.
 *
 * @example
 * ```ts
 * import { defaultServerMiddleware, readPrincipal } from "@mesh/rpc";
 *
 * const without = defaultServerMiddleware.filter((step) => step !== readPrincipal);
 * ```
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

/** The steps around the calls of a server's own services, health and reflection: their lines in the log are at trace. */
export const ownServerMiddleware: readonly ServerMiddleware[] = defaultServerMiddleware.map((middleware) =>
  middleware === accessLog ? (call, next) => accessLog(call, next, "trace") : middleware,
);
