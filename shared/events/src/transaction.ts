import type { EventDefinition } from "@mesh/contracts";
import type { Schema, StoreTransaction } from "@mesh/store";
import { type Sender, seal } from "./envelope.ts";
import { outbox } from "./tables.ts";

/** Publishes events if and only if a transaction commits. */
export interface Publishing {
  /**
   * Puts an event into the outbox; returns its id.
   *
   * @throws Error where the event breaks its contract
   * @throws MeshError RESOURCE_EXHAUSTED where it has more than 256 KiB
   */
  publish<T, I>(event: EventDefinition<T, I>, input: I): Promise<string>;
}

/** A transaction that can publish. */
export type EventTransaction<S extends Schema> = StoreTransaction<S> & Publishing;

/** Lets a transaction publish, in the name of the sender. */
export function withPublish<S extends Schema>(tx: StoreTransaction<S>, sender: Sender): EventTransaction<S> {
  return Object.assign(tx, {
    async publish<T, I>(event: EventDefinition<T, I>, input: I): Promise<string> {
      const id = crypto.randomUUID();
      await tx.insert(outbox).values({ id, ...seal(event, input, sender) });
      return id;
    },
  });
}
