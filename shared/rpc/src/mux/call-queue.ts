import { maxClientCalls } from "../client/too-many-calls.ts";
import { leastWindow, mostSentCalls, windowCalls } from "./limits.ts";

/**
 * How long calls wait for their turn, in milliseconds: those of a burst, which begin in the first 10 ms of a queue, and those
 * that find a queue that does not empty.
 */
const patience = { burstMs: 2_000, standingMs: 10 };

/** How old a queue gets before it is no burst, in milliseconds. */
const standingAfterMs = 10;

/** For how long after a rejection the server counts as overloaded, in milliseconds. */
const overloadMs = 1_000;

/** A rejection takes at least this part of the window. Further ones within the time, in milliseconds, have the same cause. */
const shrink = { by: 0.3, onceMs: 20 };

/** A window of responses adds so many calls to the window. */
const growth = 4;

/** A call in the queue. */
interface Queued {
  /** Milliseconds since the epoch. */
  readonly queuedAt: number;
}

/** What a queue does with its calls. */
export interface CallQueueListener<T> {
  /** Called when the first call has waited long enough. */
  wake(): void;
  /** Called with a call that has waited long enough for a server that is overloaded. */
  reject(call: T): void;
  /** Returns whether a call is over, so that it need not be sent. */
  isOver(call: T): boolean;
}

/**
 * The calls that are not sent, in their order. They wait while the server has many of this client, so that it gets a burst
 * in parts. If the queue does not empty, or the server rejects calls, waiting only adds to the time that calls take: each
 * then waits for 10 ms at most. After that it is rejected if the server has just rejected others, and sent if not, as long as
 * the server has no more than 192. Sources:
 * https://queue.acm.org/detail.cfm?id=2839461 (controlled delay), RFC 5681 (the window grows by sums and shrinks by factors)
 */
export class CallQueue<T extends Queued> {
  #calls: T[] = [];
  #taken = 0;
  #window = windowCalls;
  #rejectedAt = Number.NEGATIVE_INFINITY;
  readonly #listener: CallQueueListener<T>;
  #timer: NodeJS.Timeout | undefined;
  /** Since when there is a queue, in milliseconds since the epoch. */
  #since: number | undefined;

  constructor(listener: CallQueueListener<T>) {
    this.#listener = listener;
  }

  get length(): number {
    return this.#calls.length;
  }

  add(call: T): void {
    // Those that are over stay until their turn, which does not come while the server reads nothing.
    if (this.#calls.length >= 2 * maxClientCalls)
      this.#calls = this.#calls.filter((one) => !this.#listener.isOver(one));
    this.#calls.push(call);
  }

  /** Returns the next call that may be sent. @param sentCalls the calls of this client that the server has */
  take(sentCalls: number): T | undefined {
    for (let first = this.#calls[this.#taken]; first; first = this.#calls[this.#taken]) {
      const hasRoom = sentCalls < this.#window;
      if (!hasRoom && this.#waitMs(first, sentCalls) > 0) return undefined;
      this.#taken += 1;
      if (hasRoom || !this.#isOverloaded(Date.now())) return first;
      this.#listener.reject(first);
    }
    return undefined;
  }

  /** Removes the calls for which a function returns true. */
  remove(isGone: (call: T) => boolean): void {
    this.#calls = this.#calls.filter((call) => !isGone(call));
  }

  /** Ends a turn of `take`. Returns whether another may follow immediately. */
  rest(sentCalls: number): boolean {
    this.#calls.splice(0, this.#taken);
    this.#taken = 0;
    clearTimeout(this.#timer);
    const [first] = this.#calls;
    this.#since = first && (this.#since ?? Date.now());
    if (!first) return false;
    const waitMs = sentCalls < this.#window ? 0 : this.#waitMs(first, sentCalls);
    if (waitMs <= 0) return true;
    this.#timer = setTimeout(this.#listener.wake, waitMs);
    return false;
  }

  /** Notes that the server has rejected calls. @param kept the calls of this client that it has not rejected */
  shrink(kept: number): void {
    const now = Date.now();
    if (now - this.#rejectedAt < shrink.onceMs) return;
    this.#rejectedAt = now;
    this.#window = Math.max(leastWindow, Math.min(kept, this.#window * (1 - shrink.by)));
  }

  /** Notes that the server has responded to a call. */
  grow(): void {
    if (this.#window < windowCalls) this.#window += growth / this.#window;
  }

  /** Sends no more calls. */
  close(): void {
    clearTimeout(this.#timer);
    this.#calls = [];
  }

  #isOverloaded(now: number): boolean {
    return now - this.#rejectedAt < overloadMs;
  }

  /** Returns how long a call still waits for its turn, in milliseconds; 0 or less: no longer. */
  #waitMs({ queuedAt }: T, sentCalls: number): number {
    const now = Date.now();
    const isOfBurst = this.#since === undefined || queuedAt - this.#since < standingAfterMs;
    const isPatient = !this.#isOverloaded(now) && (isOfBurst || sentCalls >= mostSentCalls);
    return queuedAt + (isPatient ? patience.burstMs : patience.standingMs) - now;
  }
}
