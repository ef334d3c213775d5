import { type Code, MeshError } from "@mesh/contracts";
import { methodName } from "../deadline.ts";
import type { ServerCall } from "./call.ts";
import type { Middleware } from "./middleware.ts";

/** What is our fault, or looks so from outside. */
const faults: ReadonlySet<Code> = new Set(["UNKNOWN", "DEADLINE_EXCEEDED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS"]);

/**
 * Writes one line for each call: at info where it failed by our fault, else at the given level. Never what was said, only
 * who asked for what and how it ended.
 */
export function accessLog(level: "debug" | "trace"): Middleware {
  return async function logCall(call, next) {
    const startedAt = performance.now();
    try {
      await next();
      writeLine(call, level, "OK", startedAt);
    } catch (error) {
      const { code, reason, cause } = error instanceof MeshError ? error : { code: "UNKNOWN" as const };
      writeLine(call, faults.has(code) ? "info" : level, code, startedAt, { ...(reason && { reason }), err: cause });
      throw error;
    }
  };
}

function writeLine(
  { scope: { log, principal }, method, stream }: ServerCall,
  level: "info" | "debug" | "trace",
  code: Code | "OK",
  startedAt: number,
  more?: { reason?: string; err: unknown },
): void {
  if (!log.isLevelEnabled(level)) return;
  const ms = Math.round((performance.now() - startedAt) * 10) / 10;
  log[level]({ method: methodName(method), code, ms, peer: stream.peer, principal, ...more }, "call");
}
