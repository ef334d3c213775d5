import { FeedError, type MeshError } from "@mesh/contracts";
import type { FeedEntry } from "./entry.ts";

/** The reason why a client may have missed events: the stream was deleted and created again, or has removed them. */
export type ResetReason = "rebuilt" | "expired";

/** The events that a subscriber gets. */
export interface FeedFilter {
  /** The owner whose events it gets; undefined: of all. */
  readonly owner?: string | undefined;
  /** The key whose events it gets; undefined: of all. */
  readonly key?: string | undefined;
}

/** Something for a subscriber: an entry, or a reset with the position after it. */
export type Delivery = FeedEntry | { readonly reset: ResetReason; readonly id: string };

/** Returns true if a subscriber with a filter gets an entry. */
export function fits({ owner, key }: FeedFilter, entry: FeedEntry): boolean {
  return (owner === undefined || owner === entry.owner) && (key === undefined || key === entry.key);
}

/** One reader of a feed, and the events that it has not taken yet. */
export class Subscriber {
  readonly filter: FeedFilter;
  readonly #maxPending: number;
  #pending: Delivery[] = [];
  #failure: MeshError | undefined;
  #wake = () => {};
  /** The last sequence that it must not get. */
  #after: number;

  /**
   * @param after the last sequence that it must not get
   * @param maxPending the most events that wait for it; one more ends it
   */
  constructor(filter: FeedFilter, after: number, maxPending: number) {
    this.filter = filter;
    this.#after = after;
    this.#maxPending = maxPending;
  }

  /** True if something has arrived that was not taken. */
  get hasPending(): boolean {
    return this.#pending.length > 0;
  }

  deliver(entry: FeedEntry): void {
    if (entry.sequence <= this.#after || !fits(this.filter, entry) || this.#failure) return;
    if (this.#pending.length >= this.#maxPending) this.fail(FeedError.slowReader({}, { retryAfterMs: 0 }));
    else this.#pending.push(entry);
    this.#wake();
  }

  /** Drops what it has not taken. */
  reset(reason: ResetReason, id: string, after: number): void {
    this.#after = after;
    this.#pending = [{ reset: reason, id }];
    this.#wake();
  }

  /** Ends it with an error. Its client begins again after the last event that it has. */
  fail(error: MeshError): void {
    this.#failure = error;
    this.#pending = [];
    this.#wake();
  }

  /**
   * Returns what has arrived, once there is something, or it is nudged. An empty list: there is nothing.
   *
   * @throws MeshError UNAVAILABLE if it takes events too slowly
   */
  async take(): Promise<readonly Delivery[]> {
    if (this.#pending.length === 0 && !this.#failure) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    if (this.#failure) throw this.#failure;
    const taken = this.#pending;
    this.#pending = [];
    return taken;
  }

  /** Ends the wait for the next event. */
  nudge(): void {
    this.#wake();
  }
}
