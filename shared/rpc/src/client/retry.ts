import { setTimeout as pause } from "node:timers/promises";
import { MeshError } from "@mesh/contracts";
import { backoffMs } from "@mesh/runtime";
import { noteRetry } from "../telemetry/note.ts";
import type { OutgoingCall } from "./outgoing-call.ts";

/** The most attempts of a call, unless the policy of the mesh has others. */
const maxAttempts = 3;

const backoff = { baseMs: 50, maxMs: 500 };

/** The longest wait that a server may ask for, in milliseconds. If it asks for more, the caller should know now. */
const longestWaitMs = 1_000;

/**
 * Makes calls again that failed as UNAVAILABLE, if the contract says that repeating them does no harm
 * (`idempotency_level`): up to three attempts in all within the time of the call, 50 ms and 100 ms apart or as long as the
 * server asks for, each at another replica if there is one. A query that streams its responses is called again before the
 * first one, and after it if its contract has `resume`. A connection makes five retries, and one more for every ten calls
 * that succeed.
 *
 * @example
 * ```ts
 * import { defaultClientMiddleware, retryCalls } from "@mesh/rpc";
 *
 * const without = defaultClientMiddleware.filter((step) => step !== retryCalls);
 * ```
 */
export function retryCalls(call: OutgoingCall, next: () => Promise<unknown>): Promise<unknown> {
  const { kind, idempotency } = call.method;
  if (kind === "unary" && idempotency !== "unknown") return attempt(call, next);
  // The loop over the responses does it, since it knows which have arrived.
  call.isReopened = kind === "server_streaming" && idempotency === "no_side_effects";
  return next();
}

/**
 * Returns how long to wait before another attempt, in milliseconds; undefined: there should be none.
 *
 * @param attempts the number of attempts that failed
 */
export function waitBeforeRetry(error: unknown, attempts: number, { policy }: OutgoingCall): number | undefined {
  if (!(error instanceof MeshError) || error.code !== "UNAVAILABLE") return undefined;
  if (attempts >= (policy.attempts ?? maxAttempts)) return undefined;
  const askedMs = error.retryAfterMs ?? 0;
  return askedMs > longestWaitMs ? undefined : Math.max(askedMs, backoffMs(attempts - 1, backoff));
}

/** Makes the first attempt, without an async function: most calls need no other one. */
function attempt(call: OutgoingCall, next: () => Promise<unknown>): Promise<unknown> {
  const endsAt = Date.now() + (call.timeoutMs ?? Number.POSITIVE_INFINITY);
  const succeed = (response: unknown) => {
    call.retries.earn();
    return response;
  };

  async function again(failure: unknown): Promise<unknown> {
    for (let [error, attempts] = [failure, 1]; ; attempts += 1) {
      const waitMs = waitBeforeRetry(error, attempts, call);
      if (waitMs === undefined || Date.now() + waitMs >= endsAt || !call.retries.spend()) throw error;
      noteRetry(call, attempts);
      await call.until(pause(waitMs));
      if (call.timeoutMs !== undefined) call.timeoutMs = endsAt - Date.now();
      try {
        return succeed(await next());
      } catch (another) {
        error = another;
      }
    }
  }

  try {
    return next().then(succeed, again);
  } catch (error) {
    return again(error);
  }
}
