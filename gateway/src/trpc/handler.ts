import type { ServerResponse } from "node:http";
import type { MeshErrorShape } from "@mesh/contracts";
import type { Logger } from "@mesh/runtime";
import { type AnyTRPCRouter, type TRPCError, transformTRPCResponse } from "@trpc/server";
import { nodeHTTPRequestHandler } from "@trpc/server/adapters/node-http";
import { type OpenRequest, type RunCall, traceIdOf } from "../calls/run-calls.ts";
import { errorShape } from "../errors/error-shape.ts";
import { reportError } from "../errors/report.ts";
import { trpcErrorOf } from "../errors/trpc-codes.ts";
import { readBody } from "../http/body.ts";
import { checkOrigin, replyPreflight } from "../http/cors.ts";
import type { PathHandler } from "../http/handler.ts";
import { HttpError } from "../http/http-error.ts";
import { replyJson } from "../http/reply.ts";
import { retryHeaders } from "../http/retry-after.ts";
import type { Limits } from "../limits/limits.ts";
import { setRoute } from "../telemetry/observe-requests.ts";
import { sendPings } from "./pings.ts";
import type { RequestContext } from "./procedure.ts";

/** Options of the tRPC handler. */
export interface TrpcHandlerOptions {
  readonly router: AnyTRPCRouter;
  readonly open: OpenRequest;
  readonly run: RunCall;
  readonly origins: ReadonlySet<string>;
  readonly limits: Pick<Limits, "batchSize" | "bodyBytes">;
  readonly log: Logger;
}

/** Passes requests of accepted origins to tRPC, with their caller. */
export function trpcHandler({ router, open, run, origins, limits, log }: TrpcHandlerOptions): PathHandler {
  const routeOf = routesOf(router);
  const report = (response: ServerResponse, error: TRPCError, path?: string) =>
    reportError(log, error, { path, traceId: traceIdOf(response) });

  function reject(response: ServerResponse, thrown: unknown): void {
    const error = trpcErrorOf(thrown);
    report(response, error);
    const shape = errorShape(error, []);
    const headers = thrown instanceof HttpError ? thrown.headers : retryHeaders(shape.data.retryAfterMs);
    replyJson(response, shape.data.httpStatus, transformTRPCResponse(router._def._config, { error: shape }), headers);
  }

  return async function handle(request, response, path) {
    const route = routeOf(path);
    if (route !== undefined) setRoute(response, route);
    try {
      checkOrigin(request, response, origins);
      if (request.method === "OPTIONS") return replyPreflight(response, "GET, POST");
      const body = request.method === "POST" ? await readBody(request, limits.bodyBytes) : undefined;
      const context: RequestContext = { ...(await open(request, response)), run };
      await nodeHTTPRequestHandler({
        router,
        path,
        // tRPC takes a body that was read already from here.
        req: Object.assign(request, { body }),
        res: response,
        createContext: async () => context,
        maxBatchSize: limits.batchSize,
        responseMeta: ({ type, data }) => {
          if (type === "subscription") sendPings(response);
          return { headers: new Headers({ vary: "origin", ...retryHeaders(longestDelay(data)) }) };
        },
        onError: ({ error, path }) => report(response, error, path),
      });
    } catch (error) {
      reject(response, error);
    }
  };
}

/** Makes the function that returns the route of a path: that of a procedure, of a batch, or undefined if it is unknown. */
function routesOf({ _def: { procedures } }: AnyTRPCRouter): (path: string) => string | undefined {
  return (path) => {
    if (path.includes(",")) return "/trpc/{procedures}";
    return Object.hasOwn(procedures, path) ? `/trpc/${path}` : undefined;
  };
}

/** Returns the longest retry delay of the calls of a request that failed, in milliseconds; undefined: none has one. */
function longestDelay(responses: readonly object[]): number | undefined {
  const delays = responses.flatMap((response) => {
    // Every error has the shape that `errorShape` makes.
    const { error } = response as { readonly error?: MeshErrorShape };
    return error?.data.retryAfterMs ?? [];
  });
  return delays.length === 0 ? undefined : Math.max(...delays);
}
