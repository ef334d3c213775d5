import type { EventDefinition } from "@mesh/contracts";
import type { Scope } from "@mesh/runtime";
import type { Schema } from "@mesh/store";
import { issuesOf } from "./envelope.ts";
import type { EventTransaction } from "./transaction.ts";

/** What a handler of events is given beside the event. */
export interface ConsumeContext<S extends Schema> extends Scope {
  /** The event counts as handled if and only if this transaction commits, which it does when the handler returns. */
  readonly tx: EventTransaction<S>;
  /** The event's id, the same at every try. */
  readonly id: string;
  readonly subject: string;
  /** Which thing the event concerns. */
  readonly key: string;
}

/** An event that was read and not handled yet. */
export interface ReadEvent<C> {
  readonly key: string;
  readonly handle: (context: C) => Promise<void>;
}

/** What a service does with an event. */
export interface Consumer<C> {
  readonly event: Pick<EventDefinition<unknown>, "typeName" | "subject" | "stream">;
  /** @throws where the bytes are no such event, or it breaks its contract: trying again would not help */
  readonly read: (payload: Uint8Array) => ReadEvent<C>;
}

/**
 * Handles an event. A handler that throws is called again after 1 s, 5 s, 30 s, 2 min and 5 min; then the event is set
 * aside as a dead letter. Its effects on the database happen once; others, such as calls, may be repeated.
 *
 * Events of the same key are handled in order, one at a time, but for those that are tried again.
 *
 * @param handler may take 20 s, its calls included
 */
export function on<T, I, C>(
  event: EventDefinition<T, I>,
  handler: (event: T, context: C) => Promise<void>,
): Consumer<C> {
  const { typeName, subject, stream } = event;
  return {
    event: { typeName, subject, stream },
    read(payload) {
      const checked = event.schema.safeParse(event.decode(payload));
      if (!checked.success) throw new Error(`breaks its contract: ${issuesOf(checked.error)}`);
      return { key: event.key(checked.data), handle: (context) => handler(checked.data, context) };
    },
  };
}

/** Gives the handlers of a consumer more than the context that comes with the event. */
export function extendContext<A, B>(consumer: Consumer<B>, extend: (context: A) => B): Consumer<A> {
  return {
    event: consumer.event,
    read(payload) {
      const { key, handle } = consumer.read(payload);
      return { key, handle: (context) => handle(extend(context)) };
    },
  };
}
