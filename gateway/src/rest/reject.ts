import type { ServerResponse } from "node:http";
import type { Logger } from "@mesh/runtime";
import { getTRPCErrorFromUnknown, type TRPCError } from "@trpc/server";
import { traceIdOf } from "../calls/run-calls.ts";
import { reportError } from "../errors/report.ts";
import { isRejection } from "../http/admission.ts";
import { HttpError } from "../http/http-error.ts";
import { rejectWith } from "../http/reject.ts";
import { type Declaring, problemOf, problemType } from "./problem.ts";

/** The route of a request, as far as its errors need it. */
export interface RejectingRoute {
  readonly procedure: { readonly path: string };
  readonly method: Declaring;
}

/** Makes the function that responds with a problem to a request whose response has not begun. */
export function restRejection(log: Logger) {
  const report = restReport(log);
  return rejectWith<[route?: RejectingRoute]>((response, thrown, route) => {
    const error = thrown instanceof HttpError ? thrown : getTRPCErrorFromUnknown(thrown);
    const { problem, headers } = problemOf(error, route?.method);
    if (!isRejection(thrown)) report(response, error, route);
    const body = `${JSON.stringify(problem)}\n`;
    return { status: problem.status, contentType: problemType, body, headers: { vary: "origin", ...headers } };
  });
}

/** Makes the function that logs an error of a request. */
export function restReport(log: Logger) {
  return function report(
    response: ServerResponse,
    error: HttpError | TRPCError,
    route: RejectingRoute | undefined,
  ): void {
    if (error instanceof HttpError) {
      log.debug({ status: error.status, message: error.message }, "a request was rejected");
    } else reportError(log, error, { path: route?.procedure.path, traceId: traceIdOf(response) });
  };
}
