import type { ServerResponse } from "node:http";

/** How long a browser may cache the response to a preflight, in seconds. */
const preflightMaxAgeS = "600";

/** Headers that pages of other origins may send: those of tRPC's and REST clients, and W3C trace context. */
const allowedHeaders =
  "content-type, idempotency-key, range, if-range, trpc-accept, x-trpc-source, traceparent, tracestate";

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
export function allowOrigin(response: ServerResponse, origin: string): void {
  response.setHeader("access-control-allow-origin", origin);
  response.setHeader("access-control-allow-credentials", "true");
  response.setHeader("access-control-expose-headers", "retry-after, ratelimit, ratelimit-policy, idempotent-replayed");
}
