import type { EventDefinition } from "@mesh/contracts";
import type { Scope } from "@mesh/runtime";
import type { Schema } from "@mesh/store";
import { checkedEvent } from "./invalid-event.ts";
import type { EventName } from "./outgoing-event.ts";
import type { EventTransaction } from "./transaction.ts";

/** The context that a handler gets beside the event. */
export interface ConsumeContext<S extends Schema> extends Scope {
  /** The event counts as handled if and only if this transaction commits, which it does when the handler returns. */
  readonly tx: EventTransaction<S>;
  /** The event's id, the same at every attempt. */
  readonly id: string;
  readonly subject: string;
  /** The id of the thing that the event concerns. */
  readonly key: string;
}

/** An event that was decoded and not handled yet. */
export interface DecodedEvent<C> {
  readonly key: string;
  /** The event as its handler gets it. */
  readonly message: () => unknown;
  /** Checks the event and fills in defaults. @throws InvalidEvent if it breaks its contract */
  readonly validate: () => void;
  readonly handle: (context: C) => Promise<void>;
}

/** The handler of an event, made by `on`. */
export interface Consumer<C> {
  readonly event: EventName;
  /** Whether an event waits while an earlier one of its key waits for another attempt. */
  readonly isOrdered: boolean;
  /** Its generation, from 1. */
  readonly generation: number;
  /** Whether an event may share its transaction with others. */
  readonly isShared: boolean;
  /** @throws if the bytes are not such an event */
  readonly decode: (payload: Uint8Array) => DecodedEvent<C>;
}

/** Options of `on`. */
export interface ConsumerOptions {
  /**
   * Whether an event waits while an earlier one of its key waits for another attempt. If false, later events pass it. Default:
   * true.
   */
  readonly isOrdered?: boolean;
  /**
   * A consumer with another generation gets all events that the stream has, beside the one before, such as to rebuild a table. A service may have
   * two generations for an event, one after the other. Default: 1.
   */
  readonly generation?: number;
  /**
   * Whether events that wait at the same time share a transaction, of 10 to 100 ms. They are handled one after the other. If one
   * fails, or delays the others, each is handled again in a transaction of its own. Default: true.
   */
  readonly isShared?: boolean;
}

/**
 * Handles an event. A handler that throws is called again after 1 s, 5 s, 30 s, 2 min and 5 min. After one more failure
 * the event is dead-lettered. While an upstream or the database is unavailable, the event waits, and that is no failure.
 * The effects of the handler on the database happen once; others, such as calls, may be repeated.
 *
 * Events of the same key are handled in order, one at a time, by one process of the service.
 *
 * @param handler may take 20 s, its calls included
 *
 * @example
 * ```ts
 * import { OrderConfirmed } from "@mesh/contracts/orders/v1";
 * import { on } from "@mesh/events";
 * import type { Logger } from "@mesh/runtime";
 *
 * const consumer = on(OrderConfirmed, async ({ orderId }, { log }: { log: Logger }) => {
 *   log.info({ orderId }, "confirmed");
 * });
 * ```
 */
export function on<T, I, C>(
  event: EventDefinition<T, I>,
  handler: (event: T, context: C) => Promise<void>,
  { isOrdered = true, isShared = true, generation = 1 }: ConsumerOptions = {},
): Consumer<C> {
  if (!Number.isInteger(generation) || generation < 1) throw new Error(`a generation is 1 or more, got ${generation}`);
  const { typeName, subject, stream, service } = event;
  return {
    event: { typeName, subject, stream, service },
    isOrdered,
    generation,
    isShared,
    decode(payload) {
      let message = event.decode(payload);
      return {
        key: event.key(message),
        message: () => message,
        validate() {
          message = checkedEvent(event, message);
        },
        handle: (context) => handler(message, context),
      };
    },
  };
}
