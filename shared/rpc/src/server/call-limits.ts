import { MeshError } from "@mesh/contracts";
import { coarseMs, deadlineExceeded } from "../deadline.ts";
import { maxHeaderBytes } from "../headers.ts";
import type { InFlightLimits, ServerCall } from "./server-call.ts";

export const defaultInFlight: InFlightLimits = { unary: 200, streams: 1_000 };

/**
 * Rejects calls with more than 16 KiB of headers; Node itself accepts 64 KiB.
 *
 * @example
 * ```ts
 * import { defaultServerMiddleware, limitHeaders } from "@mesh/rpc";
 *
 * const without = defaultServerMiddleware.filter((step) => step !== limitHeaders);
 * ```
 */
export function limitHeaders(call: ServerCall, next: () => Promise<unknown>): Promise<unknown> {
  const bytes = call.headerBytes();
  if (bytes <= maxHeaderBytes) return next();
  const message = `${bytes} bytes of headers are over the limit of ${maxHeaderBytes}`;
  throw new MeshError({ code: "RESOURCE_EXHAUSTED", message });
}

/**
 * Rejects calls above the limits of the server immediately, before a byte of them is read. A call counts until its
 * handler has ended, even if the caller left long before: a caller that resets its calls must not gain by it.
 *
 * @example
 * ```ts
 * import { defaultServerMiddleware, limitInFlight } from "@mesh/rpc";
 *
 * const without = defaultServerMiddleware.filter((step) => step !== limitInFlight);
 * ```
 */
export async function limitInFlight({ method, inFlight }: ServerCall, next: () => Promise<unknown>): Promise<unknown> {
  const use = method.kind === "unary" ? "unary" : "streams";
  if (inFlight[use] >= inFlight.limits[use]) {
    throw new MeshError({ code: "RESOURCE_EXHAUSTED", message: "too many calls at the same time; try again later" });
  }
  inFlight[use] += 1;
  try {
    return await next();
  } finally {
    inFlight[use] -= 1;
  }
}

/**
 * Ends a call when it is aborted or its deadline has passed, whatever its handler does. A call that arrives after its
 * deadline is not started.
 *
 * @example
 * ```ts
 * import { defaultServerMiddleware, limitTime } from "@mesh/rpc";
 *
 * const without = defaultServerMiddleware.filter((step) => step !== limitTime);
 * ```
 */
export async function limitTime(call: ServerCall, next: () => Promise<unknown>): Promise<unknown> {
  const { method, context } = call;
  const leftMs = context.deadline - Date.now();
  if (leftMs <= 0) throw deadlineExceeded(method);
  const timer = setTimeout(() => call.abort(deadlineExceeded(method)), coarseMs(leftMs));
  const work = next();
  try {
    return await call.race(work);
  } catch (error) {
    if (context.signal.aborted) {
      work.catch((err: unknown) => context.log.debug({ err }, "a handler failed after its call had ended"));
    }
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
