import type { ServerResponse } from "node:http";
import type { Logger } from "@mesh/runtime";
import { type AnyTRPCRouter, transformTRPCResponse } from "@trpc/server";
import { traceIdOf } from "../calls/run-calls.ts";
import { errorShape } from "../errors/error-shape.ts";
import { reportError } from "../errors/report.ts";
import { trpcErrorOf } from "../errors/trpc-codes.ts";
import type { Reject } from "../http/handler.ts";
import { HttpError } from "../http/http-error.ts";
import { replyJson } from "../http/reply.ts";
import { retryHeaders } from "../http/retry-after.ts";

/** Makes the function that responds with an error to a request of which no call has begun. */
export function trpcRejection(router: AnyTRPCRouter, log: Logger): Reject {
  return function reject(response: ServerResponse, thrown: unknown): void {
    const error = trpcErrorOf(thrown);
    reportError(log, error, { path: undefined, traceId: traceIdOf(response) });
    const shape = errorShape(error, []);
    const headers = thrown instanceof HttpError ? thrown.headers : retryHeaders(shape.data.retryAfterMs);
    replyJson(response, shape.data.httpStatus, transformTRPCResponse(router._def._config, { error: shape }), headers);
  };
}
