import type { Principal } from "@mesh/contracts";
import type { Next, Scope } from "@mesh/runtime";
import type { Schema } from "@mesh/store";
import type { EventName } from "./outgoing-event.ts";
import type { EventTransaction } from "./transaction.ts";

/** An event that a service received, as its middleware sees it. */
export interface ReceivedEvent<Context extends Scope = Scope> {
  readonly event: EventName;
  /** The name of the durable consumer: `acme_orders_payments_v1_payment_authorized`. */
  readonly consumer: string;
  /** The id of the event, the same at every attempt. */
  readonly id: string;
  /** The id of the thing that the event concerns; empty if the event can't be decoded. */
  readonly key: string;
  /**
   * The number of this attempt, from 1. Only failures count: not that a process ended, nor that an upstream or the database was
   * unavailable.
   */
  readonly attempt: number;
  /** The wait before the next attempt if this one fails, in milliseconds; undefined: this is the last one. */
  readonly retryAfterMs: number | undefined;
  /** The longest that the handler may take, in milliseconds. */
  readonly timeoutMs: number;
  /** Aborts when the process begins to end: handlers that run may still finish. */
  readonly closing: AbortSignal;
  /** Aborts when the process no longer waits for handlers. */
  readonly signal: AbortSignal;
  /** What the handler gets beside the event. `next(added)` merges more into it. */
  readonly context: Context;
  /** A header; undefined: it was not sent. */
  header(name: string): string | undefined;
  /** Returns the event. @throws InvalidEvent if it can't be decoded */
  message(): unknown;
  /** Checks the event and fills in defaults. @throws InvalidEvent if it can't be decoded or breaks its contract */
  validate(): void;
  /**
   * Verifies who published the event, and returns for whom. Undefined: for no principal, or this process has no
   * certificate.
   *
   * @throws InvalidEvent if it has no valid signature
   */
  verify(): Promise<Principal | undefined>;
  /**
   * Runs a function in a transaction of the service's store, which can publish.
   *
   * @throws Error, and rolls back, if another process consumes the event now
   */
  transaction<R>(work: (tx: EventTransaction<Schema>) => Promise<R>): Promise<R>;
  /**
   * Runs a function in such a transaction, which also records in the inbox that the event was handled. Does not run it if the event
   * was handled before. Events that wait at the same time may share the transaction. If that fails, the function runs again, in a
   * transaction of its own.
   */
  once(work: (tx: EventTransaction<Schema>) => Promise<unknown>): Promise<void>;
  /** Dead-letters the event: it is not tried again unless it is replayed. @throws if the database does not store it */
  deadLetter(error: unknown): Promise<void>;
}

/**
 * A step around the handling of each event. If it resolves, the event is handled. If it throws, the event is parked, and
 * handled again after `retryAfterMs`, or after the longest wait if there is none.
 *
 * @typeParam Added what it adds to the context, given to `next`
 * @typeParam Context what it needs of the context
 *
 * @example
 * ```ts
 * import { type ConsumerMiddleware, InvalidEvent } from "@mesh/events";
 *
 * const tenant: ConsumerMiddleware<{ tenant: string }> = async (call, next) => {
 *   const name = call.header("x-tenant");
 *   if (!name) throw new InvalidEvent("the header x-tenant is missing");
 *   return next({ tenant: name });
 * };
 * ```
 */
export type ConsumerMiddleware<Added extends object = object, Context extends Scope = Scope> = (
  call: ReceivedEvent<Context>,
  next: Next<Added>,
) => Promise<unknown>;
