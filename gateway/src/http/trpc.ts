import type { IncomingMessage, ServerResponse } from "node:http";
import type { Logger } from "@mesh/runtime";
import { type AnyTRPCRouter, getTRPCErrorFromUnknown, TRPCError, transformTRPCResponse } from "@trpc/server";
import { nodeHTTPRequestHandler } from "@trpc/server/adapters/node-http";
import type { Identify } from "../auth.ts";
import type { ContextOf } from "../context.ts";
import { reportError } from "../errors/report.ts";
import { errorShape } from "../errors/shape.ts";
import type { Limits } from "../limits.ts";
import { checkOrigin, isJson, parentOf } from "./admission.ts";
import { readBody } from "./body.ts";
import { answerPreflight } from "./cors.ts";
import { replyJson } from "./reply.ts";

/** What answers requests below /trpc. */
export interface TrpcHandlerOptions {
  readonly router: AnyTRPCRouter;
  readonly identify: Identify;
  readonly contextOf: ContextOf;
  readonly origins: ReadonlySet<string>;
  readonly limits: Pick<Limits, "batchSize" | "bodyBytes">;
  readonly log: Logger;
}

export type TrpcHandler = (request: IncomingMessage, response: ServerResponse, path: string) => Promise<void>;

/** Lets the requests of friendly pages through to tRPC, with an identity. */
export function trpcHandler({ router, identify, contextOf, origins, limits, log }: TrpcHandlerOptions): TrpcHandler {
  const onError = ({ error, path }: { error: TRPCError; path: string | undefined }) => reportError(log, error, path);

  function refuse(response: ServerResponse, cause: unknown): void {
    const error = getTRPCErrorFromUnknown(cause);
    onError({ error, path: undefined });
    const shape = errorShape(error, []);
    // The rest of a body that was not read must not pass for the next request.
    if (error.code === "PAYLOAD_TOO_LARGE") response.setHeader("connection", "close");
    replyJson(response, shape.data.httpStatus, transformTRPCResponse(router._def._config, { error: shape }));
  }

  return async function handle(request, response, path) {
    try {
      checkOrigin(request, response, origins);
      if (request.method === "OPTIONS") return answerPreflight(response, "GET, POST");
      const body = await bodyOf(request, limits.bodyBytes);
      const context = contextOf(identify(request, response), request, response, parentOf(request));
      await nodeHTTPRequestHandler({
        router,
        path,
        // tRPC takes a body that was read already from here.
        req: Object.assign(request, { body }),
        res: response,
        createContext: async () => context,
        maxBatchSize: limits.batchSize,
        responseMeta: () => ({ headers: new Headers({ vary: "origin" }) }),
        onError,
      });
    } catch (error) {
      refuse(response, error);
    }
  };
}

/** @throws TRPCError where the body is no JSON by its type, or too large */
async function bodyOf(request: IncomingMessage, maxBytes: number): Promise<string | undefined> {
  if (request.method !== "POST") return undefined;
  if (isJson(request)) return readBody(request, maxBytes);
  throw new TRPCError({ code: "UNSUPPORTED_MEDIA_TYPE", message: "a body must be application/json in UTF-8" });
}
