import type { OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { KeptResponse } from "./kept-response.ts";

/**
 * Returns the headers by which a client may keep a response; undefined: it may not. A client does not get the events after
 * which the gateway forgets responses, so it has to ask again each time if there are any.
 *
 * @param vary the headers on which every response depends
 */
export function cachingHeaders(
  response: ServerResponse,
  { method, cache, expiresAt }: KeptResponse,
  vary: string,
): OutgoingHttpHeaders | undefined {
  // A proxy that kept a cookie would give it to others.
  if (!["GET", "HEAD"].includes(response.req.method ?? "") || response.hasHeader("set-cookie")) return undefined;
  const isPublic = !cache.perUser && method.gateway?.scopes.length === 0;
  const restMs = cache.invalidatedBy.length > 0 ? 0 : expiresAt - Date.now();
  const maxAge = Math.max(0, Math.floor(restMs / 1_000));
  return {
    "cache-control": `${isPublic ? "public" : "private"}, max-age=${maxAge}, must-revalidate`,
    // In one browser, several users may sign in one after the other.
    vary: isPublic ? vary : `${vary}, cookie, authorization`,
  };
}
