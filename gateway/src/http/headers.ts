import type { ServerResponse } from "node:http";

/**
 * What every answer carries. The gateway serves data, never a page: nothing it says may be run, framed or kept.
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

/** For a year, browsers speak to this host by https only. */
const strictTransport = "max-age=31536000";

/** Sets the headers that protect whoever reads an answer. */
export function protect(response: ServerResponse, isProduction: boolean): void {
  for (const [name, value] of Object.entries(always)) response.setHeader(name, value);
  if (isProduction) response.setHeader("strict-transport-security", strictTransport);
}
