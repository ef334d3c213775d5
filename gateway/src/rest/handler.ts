import type { ServerResponse } from "node:http";
import type { Registry } from "@bufbuild/protobuf";
import type { Logger } from "@mesh/runtime";
import type { OpenRequest, RunCall } from "../calls/run-calls.ts";
import { replyPreflight } from "../http/cors.ts";
import type { PathHandler } from "../http/handler.ts";
import { HttpError } from "../http/http-error.ts";
import type { Limits, UploadLimits } from "../limits/limits.ts";
import { setRoute } from "../telemetry/observe-requests.ts";
import { type CallRoute, type CallRouteOptions, callerOf } from "./call-route.ts";
import { downloaderOf } from "./files/download.ts";
import { uploaderOf } from "./files/upload.ts";
import { type Found, type Match, routeFinder } from "./find-route.ts";
import { restRejection, restReport } from "./reject.ts";
import type { Route } from "./routes.ts";

/** Options of the REST handler. */
export interface RestHandlerOptions {
  readonly routes: readonly Route[];
  /** The descriptors of all messages of the routes, and of those in their Any fields. */
  readonly registry: Registry;
  readonly open: OpenRequest;
  readonly run: RunCall;
  readonly limits: Pick<Limits, "bodyBytes"> & UploadLimits;
  /** Drops fields and parameters that no contract has, instead of rejecting the request. */
  readonly ignoreUnknown: boolean;
  readonly log: Logger;
}

/** The HTTP methods of a path that takes any. */
const anyMethod = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

/** Serves the routes that `google.api.http` gives. Identity, scopes, deadlines and limits are those of tRPC. */
export function restHandler({ routes, limits, log, ...shared }: RestHandlerOptions): PathHandler {
  const find = routeFinder(routes);
  const reject = restRejection(log);
  const options = {
    ...shared,
    maxBodyBytes: limits.bodyBytes,
    uploadLimits: limits,
    report: restReport(log),
  };
  const callers = new Map(routes.map((route) => [route, callerFor(route, options)]));

  return async function handle(request, response, path, query) {
    let route: Route | undefined;
    try {
      const found = find(request.method ?? "", path);
      if (request.method === "OPTIONS") return replyOptions(response, found);
      const match = matchOf(found);
      route = match.route;
      setRoute(response, route.http.path);
      await callers.get(route)?.({ request, response, match, query });
    } catch (error) {
      reject(response, error, route);
    }
  };
}

function callerFor(route: Route, options: CallRouteOptions): CallRoute {
  const { upload, download } = route.method.gateway ?? {};
  if (upload) return uploaderOf(route, upload, options);
  return download ? downloaderOf(route, download, options) : callerOf(route, options);
}

/** @throws HttpError 404 or 405 */
function matchOf(found: Found): Match {
  if (found.match) return found.match;
  const { allowed } = found;
  if (allowed.length === 0) throw notFound();
  throw new HttpError(405, `use ${allowed.join(" or ")}`, { headers: { allow: [...allowed, "OPTIONS"].join(", ") } });
}

function replyOptions(response: ServerResponse, found: Found): void {
  const methods = found.match ? anyMethod : found.allowed;
  if (methods.length === 0) throw notFound();
  response.setHeader("allow", [...methods, "OPTIONS"].join(", "));
  replyPreflight(response, methods.join(", "));
}

function notFound(): HttpError {
  return new HttpError(404, "no route has this path");
}
