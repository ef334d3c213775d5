import type { ServerResponse } from "node:http";
import type { Logger } from "@mesh/runtime";
import type { AnyTRPCRouter, TRPCError } from "@trpc/server";
import { type OpenRequest, type RunCall, traceIdOf } from "../calls/run-calls.ts";
import { reportError } from "../errors/report.ts";
import { readBody } from "../http/body.ts";
import { replyPreflight } from "../http/cors.ts";
import type { PathHandler } from "../http/handler.ts";
import type { Limits } from "../limits/limits.ts";
import { setRoute } from "../telemetry/observe-requests.ts";
import { adapterResponder } from "./adapter.ts";
import type { RequestContext } from "./procedure.ts";
import { trpcRejection } from "./reject.ts";
import { requestedCalls } from "./thin/requested-calls.ts";
import { type RespondThin, thinResponder } from "./thin/responder.ts";

/** Options of the tRPC handler. */
export interface TrpcHandlerOptions {
  readonly router: AnyTRPCRouter;
  readonly open: OpenRequest;
  readonly run: RunCall;
  readonly limits: Pick<Limits, "batchSize" | "bodyBytes">;
  readonly log: Logger;
  /** Makes what responds to ordinary requests. Default: `thinResponder`. */
  readonly thin?: typeof thinResponder;
}

/** Responds to ordinary requests by the thin path, to all others by tRPC's own handler. */
export function trpcHandler({ router, open, run, limits, log, ...options }: TrpcHandlerOptions): PathHandler {
  const routeOf = routesOf(router);
  const reject = trpcRejection(router, log);
  const report = (response: ServerResponse, error: TRPCError, path?: string) =>
    reportError(log, error, { path, traceId: traceIdOf(response) });
  const shared = { router, batchSize: limits.batchSize, report };
  const respondThin: RespondThin = (options.thin ?? thinResponder)(shared);
  const respondByAdapter = adapterResponder(shared);

  return async function handle(request, response, path, query) {
    const route = routeOf(path);
    if (route !== undefined) setRoute(response, route);
    try {
      if (request.method === "OPTIONS") return replyPreflight(response, "GET, POST");
      const body = request.method === "POST" ? await readBody(request, limits.bodyBytes) : undefined;
      const context: RequestContext = { ...(await open(request, response)), run };
      const calls = requestedCalls({ request, path, query, body });
      await ((calls && respondThin(context, calls)) ?? respondByAdapter({ context, path, body }));
    } catch (error) {
      reject(response, error);
    }
  };
}

/** Makes the function that returns the route of a path: that of a procedure, of a batch, or undefined if it is unknown. */
function routesOf({ _def: { procedures } }: AnyTRPCRouter): (path: string) => string | undefined {
  const routes = new Map(Object.keys(procedures).map((path) => [path, `/trpc/${path}`]));
  return (path) => (path.includes(",") ? "/trpc/{procedures}" : routes.get(path));
}
