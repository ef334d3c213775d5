import type { EventDefinition } from "@mesh/contracts";
import { compose, type MiddlewareOption, middlewareList } from "@mesh/runtime";
import type { Schema, StoreTransaction } from "@mesh/store";
import { defaultPublisherMiddleware, PendingEvent, type PublisherMiddleware, type Sender } from "./outgoing-event.ts";
import { outbox } from "./tables.ts";

/** Publishes events if and only if a transaction commits. */
export interface Publishing {
  /**
   * Puts an event into the outbox; returns its id.
   *
   * @throws InvalidEvent if the event breaks its contract
   * @throws MeshError RESOURCE_EXHAUSTED if it has more than 256 KiB
   */
  publish<T, I>(event: EventDefinition<T, I>, input: I): Promise<string>;
}

/** A transaction that can publish. */
export type EventTransaction<S extends Schema> = StoreTransaction<S> & Publishing;

/** Lets a transaction publish, on behalf of the sender. */
export type AddPublish = <S extends Schema>(tx: StoreTransaction<S>, sender: Sender) => EventTransaction<S>;

/** Puts the middleware of publishers around the outbox. */
export function createAddPublish(middleware?: MiddlewareOption<PublisherMiddleware>): AddPublish {
  const steps = middlewareList(middleware, defaultPublisherMiddleware);
  const run = compose<PendingEvent<unknown, unknown>>(steps, (call) => call.tx.insert(outbox).values(call.toRow()));
  return (tx, sender) =>
    Object.assign(tx, {
      async publish<T, I>(event: EventDefinition<T, I>, input: I): Promise<string> {
        const call = new PendingEvent(event, input, tx, sender);
        await run(call);
        return call.id;
      },
    });
}
