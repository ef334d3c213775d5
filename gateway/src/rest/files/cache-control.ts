import type { OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { MethodDefinition, MethodDownload } from "@mesh/contracts";

/** How long clients may keep a file that never changes, in seconds: a year. */
const maxAgeS = 31_536_000;

/** Returns the headers by which clients, and caches on the way, may keep a file. One that may change, they ask for again. */
export function cacheControl(
  response: ServerResponse,
  { gateway }: MethodDefinition,
  { immutable }: MethodDownload,
): OutgoingHttpHeaders {
  const isPublic = gateway?.scopes.length === 0;
  // A proxy that kept a cookie would give it to others.
  const scope = isPublic && !response.hasHeader("set-cookie") ? "public" : "private";
  return {
    "cache-control": immutable ? `${scope}, max-age=${maxAgeS}, immutable` : `${scope}, no-cache`,
    vary: isPublic ? "origin" : "origin, cookie, authorization",
  };
}
