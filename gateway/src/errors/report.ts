import { MeshError } from "@mesh/contracts";
import type { Logger } from "@mesh/runtime";
import type { TRPCError } from "@trpc/server";
import { errorShape } from "./error-shape.ts";

/**
 * Logs an error once, at the edge, without the input of the call. Errors whose cause is hidden from clients are logged
 * as errors, failures of services as warnings, and mistakes of callers at debug level.
 */
export function reportError(log: Logger, error: TRPCError, path: string | undefined): void {
  // The procedure has given its own errors their shape by now, from what it declares.
  const { message, data } = errorShape(error, [], path);
  if (data.id !== undefined) {
    log.error({ err: error.cause ?? error, errorId: data.id, path, ...undeclared(error) }, "a procedure failed");
    return;
  }
  const attributes = {
    path,
    code: data.code,
    reason: data.reason || undefined,
    message,
    cause: causeOf(error, message),
  };
  if (data.httpStatus < 500) log.debug(attributes, "a call was rejected");
  else log.warn(attributes, "a call failed");
}

/** Names the reason that the method's contract does not declare. */
function undeclared({ cause }: TRPCError): { readonly undeclared?: string } {
  return cause instanceof MeshError && cause.reason ? { undeclared: `${cause.domain} ${cause.reason}` } : {};
}

/** Returns the text that a client may not see: the error's own, or that of its cause. The stack says nothing about it. */
function causeOf({ cause }: TRPCError, shown: string): string | undefined {
  if (!(cause instanceof MeshError)) return undefined;
  if (cause.message !== shown) return cause.message;
  return cause.cause instanceof Error ? cause.cause.message : undefined;
}
