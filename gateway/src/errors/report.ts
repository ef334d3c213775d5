import { MeshError } from "@mesh/contracts";
import type { Logger } from "@mesh/runtime";
import type { TRPCError } from "@trpc/server";
import { errorShape } from "./shape.ts";

/**
 * Logs an error once, at the edge, without what the call was given: a cause that browsers are not told as an error, a
 * failure of a service as a warning, and what callers do wrong for debugging only.
 */
export function reportError(log: Logger, error: TRPCError, path: string | undefined): void {
  // A procedure's own errors have got their shape by now, from what it declares.
  const { message, data } = errorShape(error, [], path);
  if (data.id !== undefined) {
    log.error({ err: error.cause ?? error, errorId: data.id, path, ...undeclared(error) }, "a procedure failed");
    return;
  }
  const facts = { path, code: data.code, reason: data.reason || undefined, message };
  if (data.httpStatus < 500) log.debug(facts, "a call was refused");
  else log.warn({ ...facts, cause: causeOf(error) }, "a call failed");
}

/** What a contract would have to declare. */
function undeclared({ cause }: TRPCError): { readonly undeclared?: string } {
  return cause instanceof MeshError && cause.reason ? { undeclared: `${cause.domain} ${cause.reason}` } : {};
}

/** Why a peer can't be reached is told to us, not to the browser; where it was thrown says nothing. */
function causeOf({ cause }: TRPCError): string | undefined {
  return cause instanceof MeshError && cause.cause instanceof Error ? cause.cause.message : undefined;
}
