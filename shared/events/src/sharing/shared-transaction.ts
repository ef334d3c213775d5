import type { Opening, Schema, Store, StoreTransaction } from "@mesh/store";
import type { ConsumeContext } from "../consumer.ts";
import type { Slot } from "../keyed-queue.ts";
import type { AddPublish, EventTransaction } from "../transaction.ts";
import { addAllToInbox, handledBefore } from "./inbox-rows.ts";

/** Handles an event in a transaction. */
export type Work = (tx: EventTransaction<Schema>) => Promise<unknown>;

/** The turn of an event that may share a transaction. */
export interface Turn {
  readonly slot: Slot;
  /** No other event waits any more for this one to join. */
  readonly arrived: () => void;
}

/** An event to be handled. */
export interface Alone {
  readonly id: string;
  readonly context: ConsumeContext<Schema>;
  readonly work: Work;
}

/** An event that may share a transaction with others. */
export type Member = Alone & Turn;

/** The parts of a shared transaction. */
export interface SharedTransactionOptions {
  readonly store: Store<Schema>;
  /** The name of the durable consumer. */
  readonly durable: string;
  /** The beginning of each transaction of the consumer. */
  readonly opening: Opening;
  readonly withPublish: AddPublish;
  readonly published: () => void;
  /** How long it takes further events, in milliseconds. */
  readonly shareMs: number;
}

/** The longest that a shared transaction may take, in milliseconds. Then the event that delays the others is handled alone. */
const maxMs = 1_000;

/**
 * The longest that a shared transaction waits for a lock, in milliseconds. Two that lock the same rows in another order would
 * wait for each other for a second, until PostgreSQL notices.
 */
const lockMs = 100;

/** One transaction in which several events are handled one after the other, all or none. */
export class SharedTransaction<M extends Member> {
  /** Those that it has begun to handle, in order. */
  readonly begun: M[] = [];
  /** Those that are left for the next one. */
  readonly waiting: M[];
  readonly #options: SharedTransactionOptions;
  readonly #end = new AbortController();
  #handlersMs = 0;
  #running: Promise<unknown> = Promise.resolve();

  constructor(options: SharedTransactionOptions, members: readonly M[]) {
    this.#options = options;
    this.waiting = [...members];
  }

  /** The time that its handlers took, in milliseconds. */
  get handlersMs(): number {
    return this.#handlersMs;
  }

  /** Handles members until the time is over. If one fails, nothing has an effect. */
  async run(): Promise<void> {
    const { store, opening } = this.#options;
    const late = setTimeout(() => this.#end.abort(new Error("an event delays others")), maxMs);
    const scope = { signal: this.#end.signal, deadline: Math.min(...this.waiting.map((one) => one.context.deadline)) };
    const statements = `set local lock_timeout = ${lockMs}; ${opening.statements}`;
    try {
      await store.transaction((tx) => this.#handleAll(tx), scope, { ...opening, statements });
    } catch (error) {
      this.#end.abort(error);
      throw error;
    } finally {
      clearTimeout(late);
    }
  }

  /** Resolves when the handler has ended that ran when the transaction failed. It may go on, although its signal has aborted. */
  async settled(): Promise<void> {
    await this.#running.catch(() => {});
  }

  async #handleAll(tx: StoreTransaction<Schema>): Promise<void> {
    const { durable, shareMs } = this.#options;
    const ids = this.waiting.map(({ id }) => id);
    const before = await handledBefore(tx, durable, ids);
    const beginsAt = performance.now();
    const handled: string[] = [];
    do {
      const member = this.waiting.shift();
      if (!member) break;
      this.begun.push(member);
      if (before.has(member.id)) continue;
      this.#running = this.#handle(tx, member);
      await this.#running;
      handled.push(member.id);
      this.#end.signal.throwIfAborted();
      this.#handlersMs = performance.now() - beginsAt;
    } while (this.#handlersMs < shareMs);
    if (handled.length > 0) await addAllToInbox(tx, durable, handled);
  }

  /** Handles a member with a signal that also aborts when the transaction has failed. */
  async #handle(tx: StoreTransaction<Schema>, { context, work }: Member): Promise<void> {
    const { store, withPublish, published } = this.#options;
    const { signal } = context;
    const abort = () => this.#end.abort(signal.reason);
    signal.throwIfAborted();
    signal.addEventListener("abort", abort);
    const part = store.partOf(tx, context);
    Object.assign(context, { signal: this.#end.signal });
    try {
      await work(withPublish(part.tx, context, published));
    } finally {
      part.end();
      signal.removeEventListener("abort", abort);
      Object.assign(context, { signal });
    }
  }
}
