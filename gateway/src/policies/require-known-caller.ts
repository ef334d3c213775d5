import { MeshError } from "@mesh/contracts";
import type { GatewayMiddleware } from "../calls/middleware.ts";

/**
 * Rejects mutations of new callers with UNAUTHENTICATED, to be repeated immediately. A mutation whose response was lost
 * is recognized by its caller and its idempotency key, so a new caller first needs its cookie.
 */
export const requireKnownCaller: GatewayMiddleware = async ({ procedure, caller }, next) => {
  if (procedure.type !== "mutation" || !caller.isNew) return next();
  const message = "a mutation needs a caller with a cookie: this response sets one, so send the request again";
  throw new MeshError({ code: "UNAUTHENTICATED", message, retryAfterMs: 0 });
};
