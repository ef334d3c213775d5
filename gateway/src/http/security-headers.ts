import type { ServerResponse } from "node:http";

/**
 * Headers of every response. The gateway serves data, not pages: no response may be run, framed or cached.
 *
 * Source: https://cheatsheetseries.owasp.org/cheatsheets/REST_Security_Cheat_Sheet.html#security-headers
 */
const always = {
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};

/** Browsers use only https for this host, for a year. */
const strictTransport = "max-age=31536000";

/** Sets the security headers of a response. */
export function setSecurityHeaders(response: ServerResponse, isProduction: boolean): void {
  for (const [name, value] of Object.entries(always)) response.setHeader(name, value);
  if (isProduction) response.setHeader("strict-transport-security", strictTransport);
}
