import type { IncomingMessage, ServerResponse } from "node:http";
import { violations } from "@mesh/contracts";
import type { TrackedFeedMessage } from "@mesh/events/feed";
import type { Logger } from "@mesh/runtime";
import { ZodError } from "zod";
import { Leaving } from "../calls/leaving.ts";
import type { OpenRequest, RunCall } from "../calls/run-calls.ts";
import { replyPreflight } from "../http/cors.ts";
import type { PathHandler } from "../http/handler.ts";
import { HttpError } from "../http/http-error.ts";
import { setRoute } from "../telemetry/observe-requests.ts";
import type { FeedRoute } from "./feed-routes.ts";
import { fieldFault, invalidRequest } from "./field-fault.ts";
import { checkAccept } from "./negotiate.ts";
import { restRejection, restReport } from "./reject.ts";
import { eventStreamHeaders, eventStreamType, sendFeed } from "./send-feed.ts";

/** Options of the handler of feeds. */
export interface FeedHandlerOptions {
  readonly routes: readonly FeedRoute[];
  readonly open: OpenRequest;
  readonly run: RunCall;
  /** Drops parameters that no feed has, instead of rejecting the request. */
  readonly ignoreUnknown: boolean;
  readonly log: Logger;
  /** Handles all other paths. */
  readonly next: PathHandler;
}

const allowed = "GET, HEAD";

/** Serves feeds as server-sent events. Identity, scopes and limits are those of tRPC. */
export function feedHandler({ routes, open, run, ignoreUnknown, log, next }: FeedHandlerOptions): PathHandler {
  const byPath = new Map(routes.map((route) => [route.path, route]));
  const [reject, report] = [restRejection(log), restReport(log)];

  async function follow(route: FeedRoute, request: IncomingMessage, response: ServerResponse, query: string) {
    checkAccept(request, eventStreamType);
    const input = inputOf(route, request, new URLSearchParams(query), ignoreUnknown);
    const opens = request.method !== "HEAD";
    const messages = await run(
      await open(request, response),
      route.procedure,
      new Leaving(response),
      async (context) => (opens ? route.open(context, input) : undefined),
    );
    if (!opens) return void response.writeHead(200, eventStreamHeaders).end();
    // `run` returns what `open` has returned.
    const tracked = messages as AsyncIterable<TrackedFeedMessage>;
    await sendFeed(response, tracked, route, (error) => report(response, error, route));
  }

  return async function handle(request, response, path, query) {
    const route = byPath.get(path);
    if (!route) return next(request, response, path, query);
    setRoute(response, path);
    try {
      if (request.method === "OPTIONS") return replyOptions(response);
      if (!["GET", "HEAD"].includes(request.method ?? "")) throw methodNotAllowed();
      await follow(route, request, response, query);
    } catch (error) {
      reject(response, error, route);
    }
  };
}

/** Returns the input of a feed. The header is newer than the parameter, which a client sends each time. @throws MeshError INVALID_ARGUMENT */
function inputOf({ parse }: FeedRoute, { headers }: IncomingMessage, query: URLSearchParams, ignoreUnknown: boolean) {
  const faults = [...new Set(query.keys())].flatMap((name) => {
    if (!["key", "lastEventId"].includes(name)) return ignoreUnknown ? [] : [fieldFault(name, "is not known")];
    return query.getAll(name).length > 1 ? [fieldFault(name, "must not be repeated")] : [];
  });
  if (faults.length > 0) throw invalidRequest(faults);
  const lastEventId = headers["last-event-id"] ?? query.get("lastEventId") ?? undefined;
  try {
    return parse({ key: query.get("key") ?? undefined, lastEventId });
  } catch (error) {
    throw error instanceof ZodError ? invalidRequest(violations(error)) : error;
  }
}

function replyOptions(response: ServerResponse): void {
  response.setHeader("allow", `${allowed}, OPTIONS`);
  replyPreflight(response, allowed);
}

function methodNotAllowed(): HttpError {
  return new HttpError(405, "use GET or HEAD", { headers: { allow: `${allowed}, OPTIONS` } });
}
