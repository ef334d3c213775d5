import type { IncomingMessage } from "node:http";

/**
 * Returns the name of a cookie. Over https it has the prefix `__Host-`: browsers accept such a cookie only from this very
 * host, so a page of a sibling domain, such as `blog.shop.example`, cannot plant one.
 *
 * Source: https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#name-the-__host-prefix
 */
export function cookieName(name: string, isSecure: boolean): string {
  return isSecure ? `__Host-${name}` : name;
}

/** Returns true if a request came by https, to this server or to a proxy in front of it. */
export function isEncrypted({ socket, headers }: IncomingMessage): boolean {
  return "encrypted" in socket || headers["x-forwarded-proto"] === "https";
}
