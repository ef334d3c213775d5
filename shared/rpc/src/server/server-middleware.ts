import { randomBytes } from "node:crypto";
import { type Code, MeshError, type Principal, parsePrincipal, principalHeader } from "@mesh/contracts";
import type { Next } from "@mesh/runtime";
import { methodName } from "../deadline.ts";
import { withoutForeignText } from "../received-error.ts";
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

/**
 * Replaces an unexpected error by a neutral INTERNAL with an id, and logs it with that id. Unexpected is all but a MeshError,
 * and a MeshError with a reason that the method does not declare.
 *
 * An error that another service returned and the handler let escape keeps its code, and gets a neutral text with an id.
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
    const { method } = call;
    const own = error instanceof MeshError ? withoutForeignText(error, method.errors) : undefined;
    if (!own || (own.reason !== "" && !method.errors?.has(own))) throw hideUnexpected(error, call);
    throw own === error ? error : hideEscaped(own, call);
  }
}

function hideUnexpected(error: unknown, { context, method }: ServerCall): MeshError {
  const errorId = newErrorId();
  const attributes = { errorId, method: methodName(method), ...undeclared(error) };
  context.log.error({ err: error, ...attributes }, "a handler failed");
  return new MeshError({ code: "INTERNAL", message: `internal error (id ${errorId})` });
}

/** Adds an id to the neutral form of another service's error, under which the log has that error. */
function hideEscaped(neutral: MeshError, { context, method }: ServerCall): MeshError {
  const errorId = newErrorId();
  const { code, message, cause, retryAfterMs } = neutral;
  context.log.warn({ err: cause, errorId, method: methodName(method) }, "an error of another service was passed on");
  const wait = retryAfterMs === undefined ? {} : { retryAfterMs };
  return new MeshError({ code, message: `${message} (id ${errorId})`, cause, ...wait });
}

function newErrorId(): string {
  return randomBytes(6).toString("hex");
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
