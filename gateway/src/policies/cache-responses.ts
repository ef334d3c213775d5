import type { GatewayMiddleware } from "../calls/middleware.ts";
import type { Reuse } from "../calls/procedure-call.ts";

/**
 * Responds from the cache of the gateway, if the contract of the method has the option `cache`. Calls of equal requests that are
 * open at the same time reach the service once.
 */
export const cacheResponses: GatewayMiddleware<{ reuse?: Reuse }> = (call, next) => {
  const { procedure, responses, context } = call;
  const { method } = procedure;
  const cache = method?.cache;
  if (!cache) return next();
  const reuse: Reuse = (request, load) => responses.get(cache, { method, request, scope: context.scope }, load);
  return next({ reuse });
};
