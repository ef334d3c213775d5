import type { IncomingMessage, ServerResponse } from "node:http";
import { HttpError } from "./http-error.ts";

/** How long a browser may cache the response to a preflight, in seconds. */
const preflightMaxAgeS = "600";

/** Headers that pages of other origins may send: those of tRPC's and REST clients, and W3C trace context. */
const allowedHeaders = "content-type, idempotency-key, trpc-accept, x-trpc-source, traceparent, tracestate";

/** The origin of a request. `none`: no header says that a page sent it. `listed`: CORS_ORIGINS has it. */
export type Provenance = "none" | "same" | "listed" | "foreign";

/**
 * Accepts requests of this origin and of the listed ones. Pages of listed origins may read the response.
 *
 * @throws HttpError 403 if a page of another origin sent the request
 */
export function checkOrigin(request: IncomingMessage, response: ServerResponse, origins: ReadonlySet<string>): void {
  const provenance = provenanceOf(request, origins);
  if (provenance === "foreign") throw new HttpError(403, "pages of this origin may not call this gateway");
  if (provenance === "listed") allowOrigin(response, request.headers.origin ?? "");
}

/** Classifies the origin of a request. `listed`: origins of other pages that may use the gateway. */
export function provenanceOf({ headers }: IncomingMessage, listed: ReadonlySet<string>): Provenance {
  const { origin } = headers;
  if (origin === undefined) return "none";
  if (listed.has(origin)) return "listed";
  // Browsers set this header and pages cannot. It is correct even behind a proxy that changes the host.
  if (headers["sec-fetch-site"] === "same-origin") return "same";
  return URL.canParse(origin) && new URL(origin).host === headers.host ? "same" : "foreign";
}

/**
 * Responds to a preflight, the request that a browser sends before a page of another origin may call.
 *
 * @param methods the HTTP methods that are allowed: `GET, POST`
 */
export function replyPreflight(response: ServerResponse, methods: string): void {
  response.writeHead(204, {
    "access-control-allow-methods": methods,
    "access-control-allow-headers": allowedHeaders,
    "access-control-max-age": preflightMaxAgeS,
    vary: "origin",
  });
  response.end();
}

/** Lets a page of another origin read the response and send the customer's cookie. */
function allowOrigin(response: ServerResponse, origin: string): void {
  response.setHeader("access-control-allow-origin", origin);
  response.setHeader("access-control-allow-credentials", "true");
  response.setHeader("access-control-expose-headers", "retry-after, ratelimit, ratelimit-policy, idempotent-replayed");
}
