import { MeshError } from "@mesh/contracts";
import { isLoggedElsewhere } from "@mesh/rpc";
import { type Logger, RepeatedLines } from "@mesh/runtime";
import type { TRPCError } from "@trpc/server";
import { errorShape } from "./error-shape.ts";

/** The call that failed. */
export interface FailedCall {
  readonly path: string | undefined;
  /** The id of its trace, by which the logs of the services have it. Undefined if the request was rejected before. */
  readonly traceId: string | undefined;
}

/**
 * Logs an error once, at the edge, without the input of the call. Errors whose cause is hidden from clients are logged
 * as errors, failures of services as warnings, and mistakes of callers at debug level. Text and cause of an error that a
 * service of the mesh returned are in the log of that service.
 */
export function reportError(log: Logger, error: TRPCError, call: FailedCall): void {
  // The procedure has given its own errors their shape by now, from what it declares.
  const { message, data } = errorShape(error, [], call.path);
  const isElsewhere = isLoggedElsewhere(error.cause);
  if (data.id !== undefined && !isElsewhere) {
    log.error({ err: error.cause ?? error, errorId: data.id, ...call, ...undeclared(error) }, "a procedure failed");
    return;
  }
  const attributes = {
    ...call,
    code: data.code,
    reason: data.reason || (error.cause instanceof MeshError && error.cause.reason) || undefined,
    errorId: data.id,
    ...(isElsewhere ? {} : { message, cause: causeOf(error, message) }),
  };
  if (data.httpStatus < 500) {
    log.debug(attributes, "a call was rejected");
    return;
  }
  linesOf(log).count(`${call.path} ${data.code} ${attributes.reason}`, (times, seconds) => {
    log.warn({ ...attributes, ...(seconds === undefined ? {} : { times, seconds }) }, "a call failed");
  });
}

const lines = new WeakMap<Logger, RepeatedLines>();

/** An outage makes many equal lines, of which the first is written, and then the number every 10 s. */
function linesOf(log: Logger): RepeatedLines {
  const known = lines.get(log) ?? new RepeatedLines();
  lines.set(log, known);
  return known;
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
