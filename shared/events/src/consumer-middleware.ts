import { setTimeout as sleep } from "node:timers/promises";
import type { Principal } from "@mesh/contracts";
import { backoffMs, type Next, openLimit, type Scope } from "@mesh/runtime";
import { isStoreUnavailable, type Schema } from "@mesh/store";
import { InvalidEvent, validateEvent } from "./invalid-event.ts";
import type { ConsumerMiddleware, ReceivedEvent } from "./received-event.ts";
import type { EventTransaction } from "./transaction.ts";
import { isUnavailable } from "./unavailable.ts";

/** How long a COMMIT may take after the time of a handler is up, in milliseconds. */
const commitGraceMs = 1_000;

/**
 * Dead-letters an event after its last attempt, and immediately if it is an `InvalidEvent`. A failure because the process
 * is ending, or because what the event needs is unavailable, does not count.
 *
 * @example
 * ```ts
 * import { deadLetterFailures, defaultConsumerMiddleware } from "@mesh/events";
 *
 * const without = defaultConsumerMiddleware.filter((step) => step !== deadLetterFailures);
 * ```
 */
export async function deadLetterFailures(call: ReceivedEvent, next: () => Promise<unknown>): Promise<unknown> {
  const { retryAfterMs, closing } = call;
  try {
    return await next();
  } catch (error) {
    const isLast = retryAfterMs === undefined || error instanceof InvalidEvent;
    if (closing.aborted || !isLast || isUnavailable(error, call.context)) throw error;
    return call.deadLetter(error);
  }
}

/**
 * Waits while the service's own database is unavailable, which is no failure of the event, and runs the rest again.
 *
 * @example
 * ```ts
 * import { defaultConsumerMiddleware, waitForDatabase } from "@mesh/events";
 *
 * const without = defaultConsumerMiddleware.filter((step) => step !== waitForDatabase);
 * ```
 */
export async function waitForDatabase(call: ReceivedEvent, next: () => Promise<unknown>): Promise<unknown> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await next();
    } catch (error) {
      if (!isStoreUnavailable(error) || call.closing.aborted) throw error;
      await sleep(backoffMs(attempt), undefined, { signal: call.closing });
    }
  }
}

/**
 * Verifies that an event is of the service that owns it, and adds the principal on behalf of which it was published. A process
 * without a certificate verifies nothing, and its events have no principal.
 *
 * @throws InvalidEvent if the event has no valid signature: it is dead-lettered
 *
 * @example
 * ```ts
 * import { defaultConsumerMiddleware, verifyEvent } from "@mesh/events";
 *
 * const without = defaultConsumerMiddleware.filter((step) => step !== verifyEvent);
 * ```
 */
export async function verifyEvent(call: ReceivedEvent, next: Next<{ principal?: Principal }>): Promise<unknown> {
  const principal = await call.verify();
  return next(principal && { principal });
}

/**
 * Ends the handling of an event that takes longer than `timeoutMs`: its signal aborts, and its transaction is rolled back,
 * also if the handler goes on.
 *
 * @example
 * ```ts
 * import { defaultConsumerMiddleware, limitHandlerTime } from "@mesh/events";
 *
 * const without = defaultConsumerMiddleware.filter((step) => step !== limitHandlerTime);
 * ```
 */
export async function limitHandlerTime(
  call: ReceivedEvent,
  next: Next<Pick<Scope, "signal" | "deadline">>,
): Promise<unknown> {
  const limit = openLimit(call.signal, call.timeoutMs);
  const work = next({ signal: limit.signal, deadline: Date.now() + call.timeoutMs });
  try {
    return await limit.race(work);
  } catch (error) {
    if (!limit.signal.aborted) throw error;
    return await committedOr(error, work);
  } finally {
    limit.end();
  }
}

/** Waits for a COMMIT that was under way when time was up: an event that it handled must not become a dead letter. */
async function committedOr(error: unknown, work: Promise<unknown>): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(reject, commitGraceMs, error);
  });
  const failed = work.catch(() => {
    throw error;
  });
  return await Promise.race([failed, late]).finally(() => clearTimeout(timer));
}

/**
 * Runs the rest in a transaction that also records in the inbox that the event was handled, and adds it to the context as
 * `tx`. Skips an event that was handled before.
 *
 * @example
 * ```ts
 * import { defaultConsumerMiddleware, handleOnce } from "@mesh/events";
 *
 * const without = defaultConsumerMiddleware.filter((step) => step !== handleOnce);
 * ```
 */
export function handleOnce(call: ReceivedEvent, next: Next<{ tx: EventTransaction<Schema> }>): Promise<unknown> {
  return call.once((tx) => next({ tx }));
}

/**
 * The steps around the handling of each event unless `events.consume` says otherwise, the first one outermost. What follows
 * `handleOnce` runs in its transaction.
 */
export const defaultConsumerMiddleware: readonly ConsumerMiddleware[] = [
  deadLetterFailures,
  waitForDatabase,
  verifyEvent,
  validateEvent,
  limitHandlerTime,
  handleOnce,
];
