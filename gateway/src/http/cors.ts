import type { IncomingMessage, ServerResponse } from "node:http";

/** How long a browser may remember the answer to a preflight, in seconds. */
const preflightMaxAgeS = "600";

/** The headers a page of another origin may send: what tRPC's and REST clients use, and W3C trace context. */
const allowedHeaders = "content-type, idempotency-key, trpc-accept, x-trpc-source, traceparent";

/** Where a request comes from: `none` where nothing says that it comes from a page. */
export type Provenance = "none" | "same" | "listed" | "foreign";

/** Tells where a request comes from. `listed`: the origins of pages elsewhere that may use the gateway. */
export function provenanceOf({ headers }: IncomingMessage, listed: ReadonlySet<string>): Provenance {
  const { origin } = headers;
  if (origin === undefined) return "none";
  if (listed.has(origin)) return "listed";
  // Browsers set this header themselves and let no page touch it; it is right behind a proxy that changes the host too.
  if (headers["sec-fetch-site"] === "same-origin") return "same";
  return URL.canParse(origin) && new URL(origin).host === headers.host ? "same" : "foreign";
}

/** Lets a page of a listed origin read the answer, and send the customer's cookie. */
export function admit(response: ServerResponse, origin: string): void {
  response.setHeader("access-control-allow-origin", origin);
  response.setHeader("access-control-allow-credentials", "true");
  response.setHeader("access-control-expose-headers", "retry-after");
}

/**
 * Answers what a browser asks before it lets a page of another origin call.
 *
 * @param methods the HTTP methods that may be called: `GET, POST`
 */
export function answerPreflight(response: ServerResponse, methods: string): void {
  response.writeHead(204, {
    "access-control-allow-methods": methods,
    "access-control-allow-headers": allowedHeaders,
    "access-control-max-age": preflightMaxAgeS,
    vary: "origin",
  });
  response.end();
}
