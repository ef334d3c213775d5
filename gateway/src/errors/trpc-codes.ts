import type { Code } from "@mesh/contracts";
import { getTRPCErrorFromUnknown, type TRPC_ERROR_CODE_KEY, TRPCError } from "@trpc/server";
import { HttpError, type HttpErrorStatus } from "../http/http-error.ts";

/** tRPC's code for each canonical code. */
export const trpcCodes: Readonly<Record<Code, TRPC_ERROR_CODE_KEY>> = {
  CANCELLED: "CLIENT_CLOSED_REQUEST",
  UNKNOWN: "INTERNAL_SERVER_ERROR",
  INVALID_ARGUMENT: "BAD_REQUEST",
  // TIMEOUT would be 408, which says that the client was slow.
  DEADLINE_EXCEEDED: "GATEWAY_TIMEOUT",
  NOT_FOUND: "NOT_FOUND",
  ALREADY_EXISTS: "CONFLICT",
  PERMISSION_DENIED: "FORBIDDEN",
  RESOURCE_EXHAUSTED: "TOO_MANY_REQUESTS",
  FAILED_PRECONDITION: "PRECONDITION_FAILED",
  ABORTED: "CONFLICT",
  OUT_OF_RANGE: "BAD_REQUEST",
  UNIMPLEMENTED: "NOT_IMPLEMENTED",
  INTERNAL: "INTERNAL_SERVER_ERROR",
  UNAVAILABLE: "SERVICE_UNAVAILABLE",
  DATA_LOSS: "INTERNAL_SERVER_ERROR",
  UNAUTHENTICATED: "UNAUTHORIZED",
};

/** tRPC has no code for 406. */
const httpCodes: Readonly<Record<HttpErrorStatus, TRPC_ERROR_CODE_KEY>> = {
  400: "BAD_REQUEST",
  403: "FORBIDDEN",
  404: "NOT_FOUND",
  405: "METHOD_NOT_SUPPORTED",
  406: "BAD_REQUEST",
  408: "TIMEOUT",
  412: "PRECONDITION_FAILED",
  413: "PAYLOAD_TOO_LARGE",
  415: "UNSUPPORTED_MEDIA_TYPE",
  416: "BAD_REQUEST",
  499: "CLIENT_CLOSED_REQUEST",
};

/** Turns anything that was thrown into a TRPCError. */
export function trpcErrorOf(thrown: unknown): TRPCError {
  if (!(thrown instanceof HttpError)) return getTRPCErrorFromUnknown(thrown);
  return new TRPCError({ code: httpCodes[thrown.status], message: thrown.message, cause: thrown });
}
