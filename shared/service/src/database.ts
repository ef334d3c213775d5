import type { EventTransaction } from "@mesh/events";
import type { Enqueuing, Scheduling } from "@mesh/jobs";
import type { Store, Schema as StoreSchema, StoreTransaction } from "@mesh/store";

/** The tables of a service, by name, as its `schema.ts` exports them. */
export type Schema = StoreSchema;

/**
 * A transaction. If the schema has an `outbox`, it can publish events, and if it has `schedules`, enqueue jobs. Both take effect if
 * and only if it commits.
 */
export type Transaction<S extends Schema> = (S extends { readonly outbox: unknown }
  ? EventTransaction<S>
  : StoreTransaction<S>) &
  (S extends { readonly schedules: unknown } ? Enqueuing & Scheduling : unknown);

/** Drizzle over the service's own database. */
export type Database<S extends Schema> = Omit<Store<S>["db"], "transaction"> & {
  /** Runs a function in a transaction: committed when it returns, rolled back when it throws. */
  transaction<R>(work: (tx: Transaction<S>) => Promise<R>): Promise<R>;
};
