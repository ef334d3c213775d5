import type { ErrorFacts, ErrorInfo, NoErrorInfo } from "@mesh/contracts";
import type { CallError } from "@mesh/contracts/client";

const none: NoErrorInfo = { reason: "", domain: "", metadata: {} };

/** Returns the error of a failed call, for tests. @param info a declared error; default: none */
export function failed<I extends ErrorInfo = never>(
  httpStatus: number,
  facts: Partial<ErrorFacts> = {},
  info: I | NoErrorInfo = none,
): CallError<I | NoErrorInfo> {
  return { message: "no such order", data: { code: "BAD_REQUEST", violations: [], httpStatus, ...facts, ...info } };
}
