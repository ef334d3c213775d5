import { type Code, MeshError, type MethodDefinition } from "@mesh/contracts";
import { settled } from "@mesh/runtime";
import { deadlineExceeded, methodName } from "../deadline.ts";
import { maxHeaderBytes } from "../headers.ts";
import { retryLaterMs } from "../retry-later.ts";
import { overloaded } from "./admission.ts";
import type { ServerCall, ServerMiddleware } from "./server-call.ts";
import { defaultSilence, type SilenceLimits } from "./silence.ts";

/** A caller that waits for less says nothing of the load, in milliseconds. */
const shortMs = 1_000;

/** The errors of handlers that have done their work: how long they took says as much as the time of a response. */
const results: ReadonlySet<Code> = new Set([
  "NOT_FOUND",
  "ALREADY_EXISTS",
  "FAILED_PRECONDITION",
  "ABORTED",
  "OUT_OF_RANGE",
]);

/** How early before its deadline a call may be ended by it, in milliseconds: callers keep a part for themselves. */
const deadlineSlackMs = 100;

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
 * Rejects calls above the limits of the policy of the mesh with RESOURCE_EXHAUSTED.
 *
 * @example
 * ```ts
 * import { defaultServerMiddleware, limitByPolicy } from "@mesh/rpc";
 *
 * const without = defaultServerMiddleware.filter((step) => step !== limitByPolicy);
 * ```
 */
export function limitByPolicy({ policy }: ServerCall, next: () => Promise<unknown>): Promise<unknown> {
  return policy.limit ? policy.limit.run(next) : next();
}

/**
 * Rejects calls above the limits of the server immediately with RESOURCE_EXHAUSTED, before a byte of them is read. If it is in
 * the list of a server, even the steps outside of it do not run for them. A call counts until its handler has ended, even if
 * the caller left long before: a caller that resets its calls must not gain by it.
 *
 * @example
 * ```ts
 * import { defaultServerMiddleware, limitInFlight } from "@mesh/rpc";
 *
 * const without = defaultServerMiddleware.filter((step) => step !== limitInFlight);
 * ```
 */
export function limitInFlight(
  { method, inFlight, context }: ServerCall,
  next: () => Promise<unknown>,
): Promise<unknown> {
  if (inFlight.rejects(method)) throw overloaded;
  inFlight.begin(method);
  const startedAt = performance.now();
  return settled(next).then(
    (response) => {
      inFlight.end(method, performance.now() - startedAt);
      return response;
    },
    (error: unknown) => {
      const ms = performance.now() - startedAt;
      const isLate = error instanceof MeshError && error.code === "DEADLINE_EXCEEDED";
      // A caller that sends nothing makes no call slow.
      const isOver = Date.now() >= context.deadline - deadlineSlackMs;
      const isResult = error instanceof MeshError && results.has(error.code);
      inFlight.end(method, isResult || (isLate && isOver && ms > shortMs) ? ms : undefined);
      throw error;
    },
  );
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
export function limitTime(call: ServerCall, next: () => Promise<unknown>): Promise<unknown> {
  const { method, context } = call;
  if (context.deadline <= Date.now()) throw deadlineExceeded(method);
  call.limitTime();
  const work = next();
  return call.race(work).catch((error: unknown) => {
    if (context.signal.aborted) {
      work.catch((err: unknown) => context.log.debug({ err }, "a handler failed after its call had ended"));
    }
    throw error;
  });
}

/**
 * Ends a call with DEADLINE_EXCEEDED if its caller is silent: no request within 2 s, or no further message of a client stream
 * for 10 s. Only the time counts in which the handler waits for one. A bidirectional stream may be idle after its first
 * message, or if the server has sent the first one. `limitTime` must be outside of it.
 *
 * @example
 * ```ts
 * import { defaultServerMiddleware, limitSilence, type ServerMiddleware } from "@mesh/rpc";
 *
 * const patient: ServerMiddleware = (call, next) => limitSilence(call, next, { firstMs: 2_000, nextMs: 60_000 });
 * const middleware = defaultServerMiddleware.map((step) => (step === limitSilence ? patient : step));
 * ```
 */
export function limitSilence(
  call: ServerCall,
  next: () => Promise<unknown>,
  limits: SilenceLimits = defaultSilence(call.method),
): Promise<unknown> {
  call.limitSilence(limits);
  return next();
}

/**
 * Makes a middleware that runs at most some calls of a method at the same time, and rejects further ones with
 * RESOURCE_EXHAUSTED and a retry delay. It suits a method whose calls hold something that is scarce, such as
 * a transaction while a client sends a stream: the other methods keep the rest of the connections.
 *
 * @example
 * ```ts
 * import { PaymentService } from "@mesh/contracts/payments/v1";
 * import { limitCalls } from "@mesh/rpc";
 *
 * const middleware = [limitCalls(PaymentService.methods.refundPayment, 5)];
 * ```
 */
export function limitCalls(limited: MethodDefinition | undefined, most: number): ServerMiddleware {
  let running = 0;
  return async function limitCallsOfMethod({ method }, next) {
    if (method !== limited) return next();
    if (running >= most) {
      const message = `${most} calls of ${methodName(method)} run already; try again later`;
      throw new MeshError({ code: "RESOURCE_EXHAUSTED", message, retryAfterMs: retryLaterMs });
    }
    running += 1;
    try {
      return await next();
    } finally {
      running -= 1;
    }
  };
}
