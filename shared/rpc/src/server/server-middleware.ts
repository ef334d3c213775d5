import { type Code, MeshError, type Principal } from "@mesh/contracts";
import { type Next, settled } from "@mesh/runtime";
import { methodName } from "../deadline.ts";
import { errorIdOf, errorWithId, newErrorId } from "../error-id.ts";
import { isLoggedElsewhere, withoutForeignText } from "../error-origin.ts";
import { tokenIn } from "../tokens/token-headers.ts";
import { validateRequest } from "../validate-request.ts";
import { limitByPolicy, limitHeaders, limitInFlight, limitSilence, limitTime } from "./call-limits.ts";
import { checkOwner, checkScopes } from "./check-access.ts";
import { checkCaller } from "./check-caller.ts";
import type { ServerCall, ServerMiddleware } from "./server-call.ts";

/** The codes of failures that may be the server's own. */
const faults: ReadonlySet<Code> = new Set(["UNKNOWN", "DEADLINE_EXCEEDED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS"]);

/** Errors whose text and cause are in the log already, or replaced by an id. */
const logged = new WeakSet<MeshError>();

/**
 * Writes one line for each call: at debug, or at info if the server may be at fault. It says who called which method and
 * how the call ended, never what it carried. The text and the cause of an error are in the line only if the error arose here
 * and no other line has them.
 *
 * @example
 * ```ts
 * import { accessLog, defaultServerMiddleware, type ServerMiddleware } from "@mesh/rpc";
 *
 * const atTrace: ServerMiddleware = (call, next) => accessLog(call, next, "trace");
 * const middleware = defaultServerMiddleware.map((step) => (step === accessLog ? atTrace : step));
 * ```
 */
export function accessLog(
  call: ServerCall,
  next: () => Promise<unknown>,
  level: "debug" | "trace" = "debug",
): Promise<unknown> {
  const startedAt = performance.now();
  return settled(next).then(
    (response) => {
      writeLine(call, level, "OK", startedAt);
      return response;
    },
    (error: unknown) => {
      const code = error instanceof MeshError ? error.code : "UNKNOWN";
      writeLine(call, faults.has(code) ? "info" : level, code, startedAt, errorAttributes(error));
      throw error;
    },
  );
}

function writeLine(
  call: ServerCall,
  level: "info" | "debug" | "trace",
  code: Code | "OK",
  startedAt: number,
  more?: object,
): void {
  if (!call.isLogged(level)) return;
  const { context, method, peer, caller } = call;
  const { log } = context;
  const principal = context.principal && { kind: context.principal.kind, id: context.principal.id };
  const ms = Math.round((performance.now() - startedAt) * 10) / 10;
  log[level]({ method: methodName(method), code, ms, peer, caller, principal, ...more }, "call");
}

function errorAttributes(error: unknown): object {
  if (!(error instanceof MeshError)) return {};
  const { reason, message, cause } = error;
  const isKnown = logged.has(error) || isLoggedElsewhere(error);
  return { ...(reason && { reason }), ...(isKnown ? {} : { message, err: cause }) };
}

/**
 * Replaces an unexpected error by a neutral INTERNAL with an id, and logs it with that id. Unexpected is all but a MeshError,
 * and a MeshError with a reason that the method does not declare.
 *
 * An error that another service returned and the handler let escape keeps its code, and gets a neutral text with its id, or
 * with a new one, which the log has.
 *
 * @example
 * ```ts
 * import { defaultServerMiddleware, hideUndeclaredErrors } from "@mesh/rpc";
 *
 * const without = defaultServerMiddleware.filter((step) => step !== hideUndeclaredErrors);
 * ```
 */
export function hideUndeclaredErrors(call: ServerCall, next: () => Promise<unknown>): Promise<unknown> {
  return settled(next).catch((error: unknown) => {
    const { method } = call;
    const own = error instanceof MeshError ? withoutForeignText(error, method.errors) : undefined;
    if (!own || (own.reason !== "" && !method.errors?.has(own))) throw hideUnexpected(error, call);
    throw own === error ? error : hideEscaped(own, call);
  });
}

function hideUnexpected(error: unknown, { context, method }: ServerCall): MeshError {
  const errorId = newErrorId();
  const attributes = { errorId, method: methodName(method), ...undeclared(error) };
  context.log.error({ err: error, ...attributes }, "a handler failed");
  return asLogged(errorWithId({ code: "INTERNAL", message: "internal error" }, errorId));
}

/**
 * Keeps the id of the other service's error. Without one, makes an id and logs the call. The line has the text only if the
 * caller was at fault, because the other service logs that at debug.
 */
function hideEscaped({ code, message, cause, retryAfterMs }: MeshError, { context, method }: ServerCall): MeshError {
  const known = errorIdOf(cause);
  const errorId = known ?? newErrorId();
  if (known === undefined) {
    const attributes = { errorId, method: methodName(method), code, ...attributesOfEscaped(cause) };
    context.log.warn(attributes, "an error of another service was passed on");
  }
  const wait = retryAfterMs === undefined ? {} : { retryAfterMs };
  return asLogged(errorWithId({ code, message, cause, ...wait }, errorId));
}

function attributesOfEscaped(error: unknown): object {
  if (!(error instanceof MeshError && isLoggedElsewhere(error))) return { err: error };
  return faults.has(error.code) ? {} : { message: error.message };
}

function asLogged(error: MeshError): MeshError {
  logged.add(error);
  return error;
}

/** The reason that a contract would have to declare. */
function undeclared(error: unknown): { readonly undeclared?: string } {
  return error instanceof MeshError && error.reason ? { undeclared: `${error.domain} ${error.reason}` } : {};
}

/**
 * Verifies the token in the headers `mesh-token-signer` and `mesh-token`, which proves for whom a call is made. A call without one has no principal.
 *
 * @throws MeshError UNAUTHENTICATED if the token is not valid
 *
 * @example
 * ```ts
 * import { defaultServerMiddleware, readPrincipal } from "@mesh/rpc";
 *
 * const without = defaultServerMiddleware.filter((step) => step !== readPrincipal);
 * ```
 */
export function readPrincipal(call: ServerCall, next: Next<{ principal?: Principal }>): Promise<unknown> {
  const token = tokenIn((name) => call.header(name));
  if (token === undefined) return next();
  const principal = call.verifyToken(token);
  if (!(principal instanceof Promise)) return next({ principal });
  return principal.then((verified) => next({ principal: verified }));
}

/** The steps around every call of a server unless `middleware` says otherwise, the first one outermost. */
export const defaultServerMiddleware: readonly ServerMiddleware[] = [
  accessLog,
  hideUndeclaredErrors,
  limitHeaders,
  checkCaller,
  limitTime,
  limitSilence,
  limitInFlight,
  limitByPolicy,
  readPrincipal,
  checkScopes,
  validateRequest,
  checkOwner,
];

/**
 * The steps around the calls of a server's own services, health and reflection, which every process may call. Their lines in
 * the log are at trace.
 */
export const ownServerMiddleware: readonly ServerMiddleware[] = defaultServerMiddleware
  .filter((step) => step !== checkCaller)
  .map((step) => (step === accessLog ? (call, next) => accessLog(call, next, "trace") : step));
