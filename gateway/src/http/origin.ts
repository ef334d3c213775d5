import type { IncomingMessage, ServerResponse } from "node:http";
import { allowOrigin } from "./cors.ts";
import { isLocalHost } from "./host.ts";
import { HttpError } from "./http-error.ts";

/** The origins whose pages may call a gateway. */
export interface Origins {
  /** Those by which clients reach the gateway itself. */
  readonly own: ReadonlySet<string>;
  /** Accepts pages of this machine as its own if the request was sent to the same host and port, as in development. */
  readonly isLocal: boolean;
  /** Those of other pages, CORS_ORIGINS. */
  readonly listed: ReadonlySet<string>;
}

/** The origin of a request. `none`: no page sent it, or a page of this origin that only reads. */
export type Provenance = "none" | "own" | "listed" | "foreign";

/** The values of Sec-Fetch-Site that say that a page of another origin sent the request. */
const otherSites: ReadonlySet<string> = new Set(["cross-site", "same-site"]);

/** The methods that change nothing. */
const safeMethods: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Accepts requests of pages of the gateway's own origin and of the listed ones, and of clients that are no pages. Pages of
 * listed origins may read the response.
 *
 * @throws HttpError 403 if a page of another origin sent the request
 */
export function checkOrigin(request: IncomingMessage, response: ServerResponse, origins: Origins): void {
  const provenance = provenanceOf(request, origins);
  if (provenance === "foreign") throw new HttpError(403, "pages of this origin may not call this gateway");
  if (provenance === "listed") allowOrigin(response, request.headers.origin ?? "");
}

/**
 * Classifies the origin of a request. The header Origin decides, if there is one. Browsers send it with each request that
 * may change something; if one does not, Sec-Fetch-Site decides.
 */
export function provenanceOf({ headers, method = "" }: IncomingMessage, origins: Origins): Provenance {
  const { origin } = headers;
  if (origin === undefined) {
    const isForeign = otherSites.has(String(headers["sec-fetch-site"])) && !safeMethods.has(method);
    return isForeign ? "foreign" : "none";
  }
  if (origins.own.has(origin)) return "own";
  if (origins.listed.has(origin)) return "listed";
  return origins.isLocal && isSameHost(origin, headers.host) ? "own" : "foreign";
}

/** Behind a proxy that encrypts, the gateway does not know the scheme, so it does not count. */
function isSameHost(origin: string, host = ""): boolean {
  return isLocalHost(host) && URL.canParse(origin) && new URL(origin).host === host.toLowerCase();
}
