import type { IncomingMessage } from "node:http";

/** The calls that an ordinary request asks for. */
export interface RequestedCalls {
  readonly isBatch: boolean;
  /** The paths of the procedures, such as `orders.getOrder`. */
  readonly paths: readonly string[];
  /** The text of the inputs, which should be JSON; undefined: there is none. */
  readonly text: string | undefined;
  /** The id of the event after which a subscription goes on; null: from its start. */
  readonly lastEventId: string | null;
}

/** The parts of a request that decide which calls it asks for. */
export interface RequestParts {
  readonly request: IncomingMessage;
  /** The part of the URL after /trpc/. */
  readonly path: string;
  /** Without the `?`; empty: none. */
  readonly query: string;
  /** Undefined: it is a GET. */
  readonly body: string | undefined;
}

/** What clients send: visible ASCII without a fragment. Parsers of URLs leave the values of its parameters as they are. */
const plainUrl = /^[!"$-~]*$/;

/**
 * Returns the calls of a request. Undefined if anything about it is unusual: tRPC's own handler should take it, because
 * its response depends on details that are not worth a second implementation.
 */
export function requestedCalls({ request, path, query, body }: RequestParts): RequestedCalls | undefined {
  if (!isOrdinary(request, body) || !plainUrl.test(request.url ?? "")) return undefined;
  const decoded = path.includes("%") ? decode(path) : path;
  if (decoded === undefined) return undefined;
  const parameters = query === "" || query === onlyBatch ? undefined : new URLSearchParams(query);
  if (parameters?.has("connectionParams")) return undefined;
  const isBatch = query === onlyBatch || parameters?.get("batch") === "1";
  return {
    isBatch,
    paths: isBatch ? decoded.split(",") : [decoded],
    text: body === undefined ? parameters?.get("input") || undefined : body,
    lastEventId: lastEventIdOf(request, parameters),
  };
}

const onlyBatch = "batch=1";

function isOrdinary({ method, headers }: IncomingMessage, body: string | undefined): boolean {
  if (method !== (body === undefined ? "GET" : "POST") || headers["trpc-accept"] !== undefined) return false;
  const { accept, host, "content-type": type } = headers;
  if (accept?.includes("jsonl")) return false;
  // `Request.json`, by which tRPC parses bodies, drops marks of the byte order. The type was checked when it was read.
  if (body?.startsWith("\ufeff")) return false;
  return (body !== undefined || type === undefined || type === "application/json") && isPlainHost(host);
}

/** The last host that was found to be valid: that of nearly all requests. */
let knownHost: string | undefined;

/** Returns true if a Host header makes a URL without anything but host and port. */
function isPlainHost(host: string | undefined): boolean {
  if (host === undefined) return false;
  if (host === knownHost) return true;
  if (!/^[\w.-]+(:\d+)?$|^\[[\da-f:]+\](:\d+)?$/i.test(host) || !URL.canParse(`http://${host}`)) return false;
  knownHost = host;
  return true;
}

function decode(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

function lastEventIdOf({ headers }: IncomingMessage, parameters: URLSearchParams | undefined): string | null {
  const header = headers["last-event-id"];
  if (header !== undefined) return String(header);
  return parameters?.get("lastEventId") ?? parameters?.get("Last-Event-Id") ?? null;
}
