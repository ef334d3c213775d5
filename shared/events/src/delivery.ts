import { setTimeout as sleep } from "node:timers/promises";
import { backoffMs, type Logger, openLimit, openScope } from "@mesh/runtime";
import { isStoreUnavailable, type Schema } from "@mesh/store";
import type { JsMsg } from "nats";
import type { ConsumeContext, ReadEvent } from "./consumer.ts";
import { type Sender, senderOf } from "./envelope.ts";
import { inbox } from "./tables.ts";
import type { EventTransaction } from "./transaction.ts";

/** Runs a function in a transaction that can publish. */
export type Transact<S extends Schema> = <R>(
  sender: Sender,
  work: (tx: EventTransaction<S>) => Promise<R>,
) => Promise<R>;

/** One event on its way to its handler. */
export interface Delivery<S extends Schema> {
  readonly message: JsMsg;
  readonly event: ReadEvent<ConsumeContext<S>>;
  /** The durable consumer. */
  readonly consumer: string;
  readonly id: string;
}

/** What a delivery needs. */
export interface DeliveryOptions<S extends Schema> {
  readonly transact: Transact<S>;
  readonly log: Logger;
  /** Gives up what waits for the database. */
  readonly closing: AbortSignal;
  /** Gives up what runs. */
  readonly signal: AbortSignal;
  /** How long a handler may take. Default: 20,000. */
  readonly handlerTimeoutMs?: number;
}

/**
 * Calls an event's handler, in the transaction that notes that it was handled; an event that was handled before is left
 * alone. While our own database can't be reached, which says nothing of the event, it waits.
 */
export async function deliver<S extends Schema>(delivery: Delivery<S>, options: DeliveryOptions<S>): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await deliverOnce(delivery, options);
    } catch (error) {
      if (!isStoreUnavailable(error)) throw error;
      await sleep(backoffMs(attempt), undefined, { signal: options.closing });
    }
  }
}

async function deliverOnce<S extends Schema>(delivery: Delivery<S>, options: DeliveryOptions<S>): Promise<void> {
  const { message, event, consumer, id } = delivery;
  const { transact, log, handlerTimeoutMs: timeoutMs = 20_000 } = options;
  const limit = openLimit(options.signal, timeoutMs);
  const scope = openScope({ signal: limit.signal, timeoutMs, log, ...senderOf(message.headers) });
  try {
    await transact(scope, async (tx) => {
      if (!(await enter(tx, consumer, id))) return;
      const context = { ...scope, tx, id, subject: message.subject, key: event.key };
      await limit.race(event.handle(context));
    });
  } finally {
    limit.end();
  }
}

/** Notes that a consumer handles an event; false: it did before. */
async function enter<S extends Schema>(tx: EventTransaction<S>, consumer: string, messageId: string): Promise<boolean> {
  const rows = await tx.insert(inbox).values({ consumer, messageId }).onConflictDoNothing().returning();
  return rows.length > 0;
}
