import { MeshError } from "@mesh/contracts";
import type { GatewayMiddleware } from "../calls/middleware.ts";
import { limitSubscriptions, limitSubscriptionTime } from "./limit-subscriptions.ts";

/** Rejects callers that lack a scope of the procedure with PERMISSION_DENIED. The error names the missing scopes. */
export const checkScopes: GatewayMiddleware = async ({ procedure, caller }, next) => {
  const missing = procedure.scopes.filter((scope) => !caller.scopes.has(scope));
  if (missing.length === 0) return next();
  const message = `the caller lacks the ${missing.length > 1 ? "scopes" : "scope"} ${missing.join(", ")}`;
  throw new MeshError({ code: "PERMISSION_DENIED", message });
};

/**
 * Rejects mutations of new callers with UNAUTHENTICATED, to be repeated immediately. A mutation whose response was lost
 * is recognized by its caller and its idempotency key, so a new caller first needs its cookie.
 */
export const requireKnownCaller: GatewayMiddleware = async ({ procedure, caller }, next) => {
  if (procedure.type !== "mutation" || !caller.isNew) return next();
  const message = "a mutation needs a caller with a cookie: this response sets one, so send the request again";
  throw new MeshError({ code: "UNAUTHENTICATED", message, retryAfterMs: 0 });
};

/** The middleware of a gateway that sets no other, the outermost first. */
export const defaultGatewayMiddleware: readonly GatewayMiddleware[] = [
  checkScopes,
  requireKnownCaller,
  limitSubscriptions,
  limitSubscriptionTime,
];
