import {
  checkRequestOwner,
  checkResponseOwner,
  MeshError,
  type MethodDefinition,
  missingScopes,
  type Principal,
} from "@mesh/contracts";
import { methodName } from "../deadline.ts";
import { tokenOf } from "../tokens/received-token.ts";
import type { ServerCall } from "./server-call.ts";

const gateway = "gateway";

/**
 * Rejects calls of users that lack a scope of the method, with PERMISSION_DENIED. The gateway checks it, too; this step does not
 * rely on that. A user's call is one of the gateway, or of another process that signed its token. Calls that a service
 * makes while it handles a call of a user are its own: `callers` of the contract decides which it may make.
 *
 * @example
 * ```ts
 * import { checkScopes, defaultServerMiddleware } from "@mesh/rpc";
 *
 * const without = defaultServerMiddleware.filter((step) => step !== checkScopes);
 * ```
 */
export function checkScopes(call: ServerCall, next: () => Promise<unknown>): Promise<unknown> {
  const { method, context } = call;
  const needed = method.gateway?.scopes ?? [];
  if (needed.length === 0 || !isCallOfUser(call)) return next();
  const error = context.principal ? missingScopes(needed, context.principal.scopes) : withoutToken(method);
  if (error) throw error;
  return next();
}

/**
 * Rejects requests that name another customer as their owner than the one who calls, with PERMISSION_DENIED, and responses that
 * belong to another customer, with NOT_FOUND. The option `owner` of the method names the fields. It holds for every call for a
 * customer, whichever process makes it. Services may access all objects on their own account.
 *
 * @example
 * ```ts
 * import { checkOwner, defaultServerMiddleware } from "@mesh/rpc";
 *
 * const without = defaultServerMiddleware.filter((step) => step !== checkOwner);
 * ```
 */
export function checkOwner(call: ServerCall, next: () => Promise<unknown>): Promise<unknown> {
  const { method, context, callerNames } = call;
  const { owner } = method;
  if (!owner) return next();
  const { principal } = context;
  if (!principal) {
    // Without TLS it is unknown whether a service calls on its own account.
    if (callerNames.length === 0 || callerNames.includes(gateway)) throw withoutToken(method);
    return next();
  }
  let received: unknown;
  call.mapRequests((request) => {
    checkRequestOwner(owner, principal, request);
    received = request;
    return request;
  });
  if (owner.response) call.checkResponses((response) => checkResponseOwner(owner, principal, received, response));
  return next();
}

/** Returns whether a process calls for a user that it has identified itself. Without TLS it is unknown which process calls. */
function isCallOfUser({ callerNames, operators, context: { principal } }: ServerCall): boolean {
  if (principal?.kind === "service") return false;
  if (callerNames.includes(gateway)) return true;
  return (
    principal !== undefined && callerNames.some((name) => operators.includes(name) || name === issuerOf(principal))
  );
}

function issuerOf(principal: Principal): string | undefined {
  return tokenOf(principal)?.issuer;
}

function withoutToken(method: MethodDefinition): MeshError {
  return new MeshError({
    code: "UNAUTHENTICATED",
    message: `a call of ${methodName(method)} must be made for a customer`,
  });
}
