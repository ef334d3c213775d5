import type { IncomingMessage, ServerResponse } from "node:http";
import type { Logger } from "@mesh/runtime";
import { getTRPCErrorFromUnknown, type TRPCError } from "@trpc/server";
import type { Identify } from "../auth.ts";
import type { ContextOf } from "../context.ts";
import { reportError } from "../errors/report.ts";
import { checkOrigin, parentOf } from "../http/admission.ts";
import { answerPreflight } from "../http/cors.ts";
import { replyJsonAs } from "../http/reply.ts";
import type { Limits } from "../limits.ts";
import { callerOf } from "./call.ts";
import { type Found, type Match, routeFinder } from "./match.ts";
import { readDescriptors } from "./messages.ts";
import { problemOf, problemType } from "./problem.ts";
import { Refusal } from "./refusal.ts";
import type { Route } from "./routes.ts";

/** What answers the requests that the contracts' routes are for. */
export interface RestHandlerOptions {
  readonly routes: readonly Route[];
  readonly identify: Identify;
  readonly contextOf: ContextOf;
  readonly origins: ReadonlySet<string>;
  readonly limits: Pick<Limits, "bodyBytes">;
  /** Whether fields and parameters that no contract knows are dropped; otherwise they are refused. */
  readonly ignoreUnknown: boolean;
  readonly log: Logger;
}

/** Answers a request by its path and its query, which is without the `?`. Never rejects. */
export type RestHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  query: string,
) => Promise<void>;

/** The HTTP methods of a path that takes any. */
const anyMethod = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

/** Answers by the routes that google.api.http gives; identity, scopes, deadlines and limits are those of tRPC. */
export function restHandler(options: RestHandlerOptions): RestHandler {
  const { routes, identify, contextOf, origins, limits, ignoreUnknown, log } = options;
  const find = routeFinder(routes);
  const parts = { registry: readDescriptors(), maxBodyBytes: limits.bodyBytes, ignoreUnknown, report };
  const callers = new Map(routes.map((route) => [route, callerOf(route, parts)]));

  function report(error: Refusal | TRPCError, route: Route | undefined): void {
    if (error instanceof Refusal) log.debug({ status: error.status, message: error.message }, "a request was refused");
    else reportError(log, error, route && `${route.service}.${route.key}`);
  }

  function refuse(response: ServerResponse, thrown: unknown, route: Route | undefined): void {
    const error = thrown instanceof Refusal ? thrown : getTRPCErrorFromUnknown(thrown);
    const { problem, headers } = problemOf(error, route?.method);
    report(error, route);
    // The rest of a body that was not read must not pass for the next request.
    const rest = problem.status === 413 ? { connection: "close" } : {};
    replyJsonAs(response, problemType, problem.status, problem, { vary: "origin", ...headers, ...rest });
  }

  return async function handle(request, response, path, query) {
    let route: Route | undefined;
    try {
      checkOrigin(request, response, origins);
      const found = find(request.method ?? "", path);
      if (request.method === "OPTIONS") return answerOptions(response, found);
      const match = matchOf(found);
      route = match.route;
      const open = () => contextOf(identify(request, response), request, response, parentOf(request));
      await callers.get(route)?.({ request, response, match, query }, open);
    } catch (error) {
      refuse(response, error, route);
    }
  };
}

/** @throws Refusal 404 or 405 */
function matchOf(found: Found): Match {
  if (found.match) return found.match;
  throw found.allowed.length === 0 ? nothing() : new Refusal(405, `use ${found.allowed.join(" or ")}`, allow(found));
}

function answerOptions(response: ServerResponse, found: Found): void {
  const methods = found.match ? anyMethod : found.allowed;
  if (methods.length === 0) throw nothing();
  response.setHeader("allow", [...methods, "OPTIONS"].join(", "));
  answerPreflight(response, methods.join(", "));
}

function nothing(): Refusal {
  return new Refusal(404, "there is nothing here");
}

function allow(found: Found & { match: undefined }): { allow: string } {
  return { allow: [...found.allowed, "OPTIONS"].join(", ") };
}
