import { MeshError } from "@mesh/contracts";
import type { GatewayMiddleware } from "../calls/middleware.ts";

/** Rejects callers that lack a scope of the procedure with PERMISSION_DENIED. The error names the missing scopes. */
export const checkScopes: GatewayMiddleware = async ({ procedure, caller }, next) => {
  const missing = procedure.scopes.filter((scope) => !caller.scopes.has(scope));
  if (missing.length === 0) return next();
  const message = `the caller lacks the ${missing.length > 1 ? "scopes" : "scope"} ${missing.join(", ")}`;
  throw new MeshError({ code: "PERMISSION_DENIED", message });
};
