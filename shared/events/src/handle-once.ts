import { setTimeout as sleep } from "node:timers/promises";
import { backoffMs, type Next } from "@mesh/runtime";
import { isStoreUnavailable, type Schema } from "@mesh/store";
import type { ReceivedEvent } from "./received-event.ts";
import { inbox } from "./tables.ts";
import type { EventTransaction } from "./transaction.ts";

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
  return call.transaction(async (tx) => {
    const row = { consumer: call.consumer, messageId: call.id };
    const added = await tx.insert(inbox).values(row).onConflictDoNothing().returning();
    if (added.length > 0) await next({ tx });
  });
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
      if (!isStoreUnavailable(error)) throw error;
      await sleep(backoffMs(attempt), undefined, { signal: call.closing });
    }
  }
}
