import type { ServerResponse } from "node:http";
import type { Logger } from "@mesh/runtime";
import { getTRPCErrorFromUnknown, type TRPCError } from "@trpc/server";
import { traceIdOf } from "../calls/run-calls.ts";
import { reportError } from "../errors/report.ts";
import { HttpError } from "../http/http-error.ts";
import { replyJsonAs } from "../http/reply.ts";
import { problemOf, problemType } from "./problem.ts";
import type { Route } from "./routes.ts";

/** Makes the function that responds with a problem to a request whose response has not begun. */
export function restRejection(log: Logger) {
  const report = restReport(log);
  return function reject(response: ServerResponse, thrown: unknown, route?: Route): void {
    const error = thrown instanceof HttpError ? thrown : getTRPCErrorFromUnknown(thrown);
    const { problem, headers } = problemOf(error, route?.method);
    report(response, error, route);
    replyJsonAs(response, problemType, problem.status, problem, { vary: "origin", ...headers });
  };
}

/** Makes the function that logs an error of a request. */
export function restReport(log: Logger) {
  return function report(response: ServerResponse, error: HttpError | TRPCError, route: Route | undefined): void {
    if (error instanceof HttpError) {
      log.debug({ status: error.status, message: error.message }, "a request was rejected");
    } else reportError(log, error, { path: route?.procedure.path, traceId: traceIdOf(response) });
  };
}
