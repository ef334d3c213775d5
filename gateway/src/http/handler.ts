import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { observeRequests, setRoute } from "../telemetry/observe-requests.ts";
import { replyJson, replyText } from "./reply.ts";

/** Responds to GET and HEAD of one path. */
export type Page = (response: ServerResponse, request: IncomingMessage) => void;

/** Responds to all requests below a path. Never rejects. `query` has no `?`. */
export type PathHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  query: string,
) => Promise<void>;

/** Responds with a file of a web page, or calls `next`. */
export type Site = (request: IncomingMessage, response: ServerResponse, next: () => void) => void;

/** Responds to a request with an error, before anything of the response was sent. */
export type Reject = (response: ServerResponse, error: unknown) => void;

/** One of the ways to call a procedure. */
export interface Surface {
  readonly handle: PathHandler;
  readonly reject: Reject;
}

/** Checks a request before anything of it is read. Its error is the response. */
export type Check = (request: IncomingMessage, response: ServerResponse) => void;

/** The parts that the gateway serves. */
export interface HandlerOptions {
  /** Handles requests below /trpc; its path is the rest, such as `orders.getOrder`. */
  readonly trpc: Surface;
  /** Handles requests below /auth; its path is the rest, such as `login`. */
  readonly signIn: PathHandler;
  /** Handles all other paths. */
  readonly rest: Surface;
  /** Checks all requests but those of load balancers, to /livez and /healthz. */
  readonly check: Check;
  /** Returns the current state for /healthz. */
  readonly health: () => { readonly ready: boolean };
  readonly isProduction: boolean;
  /** More pages, by path. */
  readonly pages?: Readonly<Record<string, Page>>;
  /** The web page, at all paths that nothing else has. Default: none, and / describes the gateway. */
  readonly site?: Site | undefined;
}

const about = `This is the gateway of a Typemesh.

/trpc      procedures, for tRPC clients: https://trpc.io/docs/client
/v1/…      the same procedures as REST, by the routes of the contracts, and feeds of events
/reference the REST operations, to read and to try out; /openapi.json is the same for tools
/healthz   whether every service has been ready once, and the current state of each
/livez     whether this process responds
`;

/**
 * Headers of every response. The gateway serves data, not pages: no response may be run, framed or cached.
 *
 * Source: https://cheatsheetseries.owasp.org/cheatsheets/REST_Security_Cheat_Sheet.html#security-headers
 */
const always = Object.entries({
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
});

/** Browsers use only https for this host, for a year. */
const strictTransport = "max-age=31536000";

/** Dispatches requests by path. */
export function createHandler(options: HandlerOptions): RequestListener {
  const { trpc, rest, signIn, check, health, isProduction, site = noSite } = options;
  const probes: Readonly<Record<string, Page>> = {
    "/livez": (response) => replyJson(response, 200, { live: true }),
    "/healthz": (response) => replyHealth(response, health()),
  };
  const pages: Readonly<Record<string, Page>> = {
    ...options.pages,
    ...(!options.site && { "/": (response: ServerResponse) => replyText(response, 200, about) }),
    ...probes,
  };

  function handleTrpc(request: IncomingMessage, response: ServerResponse, path: string, query: string): void {
    if (["GET", "POST", "OPTIONS"].includes(request.method ?? "")) void trpc.handle(request, response, path, query);
    else replyJson(response, 405, { message: "use GET or POST" }, { allow: "GET, POST, OPTIONS" });
  }

  function handlePage(request: IncomingMessage, response: ServerResponse, path: string): void {
    setRoute(response, path);
    if (["GET", "HEAD"].includes(request.method ?? "")) pages[path]?.(response, request);
    else replyJson(response, 405, { message: "use GET or HEAD" }, { allow: "GET, HEAD" });
  }

  return observeRequests((request, response) => {
    // Without a listener, an error of a client that leaves would end the process.
    response.on("error", ignore);
    setSecurityHeaders(response, isProduction);
    const { url = "" } = request;
    const end = url.indexOf("?");
    const [path, query] = end < 0 ? [url, ""] : [url.slice(0, end), url.slice(end + 1)];
    if (Object.hasOwn(probes, path)) return handlePage(request, response, path);
    const isTrpc = path.startsWith("/trpc/");
    try {
      check(request, response);
    } catch (error) {
      return (isTrpc ? trpc : rest).reject(response, error);
    }
    if (isTrpc) handleTrpc(request, response, path.slice("/trpc/".length), query);
    else if (path.startsWith("/auth/")) void signIn(request, response, path.slice("/auth/".length), query);
    else if (Object.hasOwn(pages, path)) handlePage(request, response, path);
    else site(request, response, () => void rest.handle(request, response, path, query));
  });
}

function ignore(): void {}

function noSite(_request: IncomingMessage, _response: ServerResponse, next: () => void): void {
  next();
}

function replyHealth(response: ServerResponse, state: { readonly ready: boolean }): void {
  replyJson(response, state.ready ? 200 : 503, state);
}

/** Sets the security headers of a response. */
function setSecurityHeaders(response: ServerResponse, isProduction: boolean): void {
  for (const [name, value] of always) response.setHeader(name, value);
  if (isProduction) response.setHeader("strict-transport-security", strictTransport);
}
