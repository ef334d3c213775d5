import type { ServerResponse } from "node:http";
import type { MeshErrorShape } from "@mesh/contracts";
import type { AnyTRPCRouter, TRPCError } from "@trpc/server";
import { nodeHTTPRequestHandler } from "@trpc/server/adapters/node-http";
import { retryHeaders } from "../http/retry-after.ts";
import { sendPings } from "./pings.ts";
import type { RequestContext } from "./procedure.ts";
import { longestDelay } from "./response-headers.ts";

/** A request for tRPC's own handler. */
export interface AdapterRequest {
  readonly context: RequestContext;
  /** The part of the URL after /trpc/. */
  readonly path: string;
  /** The body that was read already; undefined: it is a GET. */
  readonly body: string | undefined;
}

/** Options of tRPC's own handler. */
export interface AdapterOptions {
  readonly router: AnyTRPCRouter;
  /** The most calls of a batch. */
  readonly batchSize: number;
  readonly report: (response: ServerResponse, error: TRPCError, path?: string) => void;
}

/** Makes what responds to requests by tRPC's own handler for Node. Never rejects. */
export function adapterResponder({ router, batchSize, report }: AdapterOptions) {
  return ({ context, path, body }: AdapterRequest): Promise<void> => {
    const { request, response } = context;
    return nodeHTTPRequestHandler({
      router,
      path,
      // tRPC takes a body that was read already from here.
      req: Object.assign(request, { body }),
      res: response,
      createContext: async () => context,
      maxBatchSize: batchSize,
      // Inputs of queries that do not fit in a URL are sent as bodies.
      allowMethodOverride: true,
      responseMeta: ({ type, data }) => {
        if (type === "subscription") sendPings(response);
        return { headers: new Headers({ vary: "origin", ...retryHeaders(longestDelay(data.flatMap(shapeIn))) }) };
      },
      onError: ({ error, path }) => report(response, error, path),
    });
  };
}

/** Returns the shape of the error in a response, if it has one. */
function shapeIn(response: object): MeshErrorShape | [] {
  // Every error has the shape that `errorShape` makes.
  return (response as { readonly error?: MeshErrorShape }).error ?? [];
}
