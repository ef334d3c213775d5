import type { Logger } from "@mesh/runtime";
import { type AnyTRPCRouter, transformTRPCResponse } from "@trpc/server";
import { traceIdOf } from "../calls/run-calls.ts";
import { errorShape } from "../errors/error-shape.ts";
import { reportError } from "../errors/report.ts";
import { trpcErrorOf } from "../errors/trpc-codes.ts";
import { isRejection } from "../http/admission.ts";
import type { Reject } from "../http/handler.ts";
import { HttpError } from "../http/http-error.ts";
import { rejectWith } from "../http/reject.ts";
import { retryHeaders } from "../http/retry-after.ts";

/** Makes the function that responds with an error to a request of which no call has begun. */
export function trpcRejection(router: AnyTRPCRouter, log: Logger): Reject {
  return rejectWith((response, thrown) => {
    const error = trpcErrorOf(thrown);
    if (!isRejection(thrown)) reportError(log, error, { path: undefined, traceId: traceIdOf(response) });
    const shape = errorShape(error, []);
    const headers = thrown instanceof HttpError ? thrown.headers : retryHeaders(shape.data.retryAfterMs);
    const body = `${JSON.stringify(transformTRPCResponse(router._def._config, { error: shape }))}\n`;
    return { status: shape.data.httpStatus, contentType: "application/json", body, headers };
  });
}
