import { type Principal, parsePrincipal, principalHeader } from "@mesh/contracts";
import { type Next, openLimit, type Scope } from "@mesh/runtime";
import { deadLetterFailures } from "./dead-letters.ts";
import { handleOnce, waitForDatabase } from "./handle-once.ts";
import { validateEvent } from "./invalid-event.ts";
import type { ConsumerMiddleware, ReceivedEvent } from "./received-event.ts";

/**
 * Reads the principal on behalf of which an event was published from the header `mesh-principal`, without verifying it.
 *
 * @example
 * ```ts
 * import { defaultConsumerMiddleware, readEventPrincipal } from "@mesh/events";
 *
 * const without = defaultConsumerMiddleware.filter((step) => step !== readEventPrincipal);
 * ```
 */
export function readEventPrincipal(call: ReceivedEvent, next: Next<{ principal?: Principal }>): Promise<unknown> {
  const principal = parsePrincipal(call.header(principalHeader));
  return next(principal && { principal });
}

/**
 * Ends a handler that takes longer than `timeoutMs`: its signal aborts and its transaction is rolled back.
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
  try {
    return await limit.race(next({ signal: limit.signal, deadline: Date.now() + call.timeoutMs }));
  } finally {
    limit.end();
  }
}

/**
 * The steps around the handling of each event unless `events.consume` says otherwise, the first one outermost. What follows
 * `handleOnce` runs in its transaction.
 */
export const defaultConsumerMiddleware: readonly ConsumerMiddleware[] = [
  deadLetterFailures,
  waitForDatabase,
  readEventPrincipal,
  validateEvent,
  handleOnce,
  limitHandlerTime,
];
