import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import type { RestHandler } from "../rest/handler.ts";
import { protect } from "./headers.ts";
import { replyJson, replyText } from "./reply.ts";
import type { TrpcHandler } from "./trpc.ts";

/** Answers what is read by GET or HEAD. */
export type Page = (response: ServerResponse, request: IncomingMessage) => void;

/** What the gateway serves. */
export interface HandlerOptions {
  readonly trpc: TrpcHandler;
  /** Answers whatever is nobody else's. */
  readonly rest: RestHandler;
  /** What /healthz says now. */
  readonly health: () => { readonly ready: boolean };
  readonly isProduction: boolean;
  /** More that can be read, by its path. */
  readonly pages?: Readonly<Record<string, Page>>;
}

const about = `This is the gateway of a Typemesh.

/trpc      procedures, for tRPC's clients: https://trpc.io/docs/client
/v1/…      the same as REST, by the contracts' routes
/reference what these are, to read and to try out; /openapi.json is the same for tools
/healthz   whether every service has been ready once, and how each is now
/livez     whether this process answers
`;

/** Answers requests by their path. */
export function createHandler({ trpc, rest, health, isProduction, pages: more }: HandlerOptions): RequestListener {
  const pages: Readonly<Record<string, Page>> = {
    ...more,
    "/": (response) => replyText(response, 200, about),
    "/livez": (response) => replyJson(response, 200, { live: true }),
    "/healthz": (response) => replyHealth(response, health()),
  };

  function answer(request: IncomingMessage, response: ServerResponse): void {
    const [, path = "", query = ""] = /^([^?]*)\??(.*)$/s.exec(request.url ?? "") ?? [];
    const procedure = /^\/trpc\/(.*)$/.exec(path)?.[1];
    if (procedure !== undefined) answerTrpc(request, response, procedure);
    else if (Object.hasOwn(pages, path)) answerPage(request, response, path);
    else void rest(request, response, path, query);
  }

  function answerTrpc(request: IncomingMessage, response: ServerResponse, procedure: string): void {
    if (isOneOf(request, ["GET", "POST", "OPTIONS"])) void trpc(request, response, procedure);
    else replyJson(response, 405, { message: "use GET or POST" }, { allow: "GET, POST, OPTIONS" });
  }

  function answerPage(request: IncomingMessage, response: ServerResponse, path: string): void {
    if (isOneOf(request, ["GET", "HEAD"])) pages[path]?.(response, request);
    else replyJson(response, 405, { message: "this can only be read" }, { allow: "GET, HEAD" });
  }

  return (request, response) => {
    // A client that leaves is no reason to end the process.
    response.on("error", () => {});
    protect(response, isProduction);
    answer(request, response);
  };
}

function replyHealth(response: ServerResponse, state: { readonly ready: boolean }): void {
  replyJson(response, state.ready ? 200 : 503, state);
}

function isOneOf({ method = "" }: IncomingMessage, methods: readonly string[]): boolean {
  return methods.includes(method);
}
