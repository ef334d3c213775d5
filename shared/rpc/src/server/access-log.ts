import { type Code, MeshError } from "@mesh/contracts";
import { methodName } from "../deadline.ts";
import type { ServerCall } from "./server-call.ts";

/** The codes of failures that may be the server's own. */
const faults: ReadonlySet<Code> = new Set(["UNKNOWN", "DEADLINE_EXCEEDED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS"]);

/**
 * Writes one line for each call: at debug, or at info if the server may be at fault. It says who called which method and
 * how the call ended, never what it carried.
 */
export function accessLog(call: ServerCall, next: () => Promise<unknown>): Promise<unknown> {
  return logCall("debug", call, next);
}

/** Like `accessLog`, but at trace: for health checks and reflection. */
export function quietAccessLog(call: ServerCall, next: () => Promise<unknown>): Promise<unknown> {
  return logCall("trace", call, next);
}

async function logCall(level: "debug" | "trace", call: ServerCall, next: () => Promise<unknown>): Promise<unknown> {
  const startedAt = performance.now();
  try {
    const response = await next();
    writeLine(call, level, "OK", startedAt);
    return response;
  } catch (error) {
    const { code, reason, cause } = error instanceof MeshError ? error : { code: "UNKNOWN" as const };
    writeLine(call, faults.has(code) ? "info" : level, code, startedAt, { ...(reason && { reason }), err: cause });
    throw error;
  }
}

function writeLine(
  { context: { log, principal }, method, peer }: ServerCall,
  level: "info" | "debug" | "trace",
  code: Code | "OK",
  startedAt: number,
  more?: { reason?: string; err: unknown },
): void {
  if (!log.isLevelEnabled(level)) return;
  const ms = Math.round((performance.now() - startedAt) * 10) / 10;
  log[level]({ method: methodName(method), code, ms, peer, principal, ...more }, "call");
}
