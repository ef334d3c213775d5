import type { ErrorFacts, ErrorInfo, NoErrorInfo } from "@mesh/contracts";
import type { CallError } from "./failure.ts";

const none: NoErrorInfo = { reason: "", domain: "", metadata: {} };

/** What a refused call fails with, for tests. @param info what a declared error says; default: none is declared */
export function failed<I extends ErrorInfo = never>(
  httpStatus: number,
  facts: Partial<ErrorFacts> = {},
  info: I | NoErrorInfo = none,
): CallError<I | NoErrorInfo> {
  return { message: "no such order", data: { code: "BAD_REQUEST", violations: [], httpStatus, ...facts, ...info } };
}
