import { coarseMs, maxTimerMs } from "./deadline.ts";

/** What has a deadline. */
interface Timed {
  /** Milliseconds since the epoch. */
  readonly deadline: number;
}

/**
 * Ends calls at their deadlines, with one timer for all of them: nearly every call ends long before its own, so a timer for
 * each would be made and dropped for nothing.
 */
export class DeadlineTimer<T extends Timed> {
  readonly #all: () => readonly T[];
  readonly #expire: (call: T) => void;
  #timer: NodeJS.Timeout | undefined;
  /** When the timer is due, in milliseconds since the epoch. */
  #dueAt = Number.POSITIVE_INFINITY;

  /**
   * @param all returns the calls that are open
   * @param expire called with each whose deadline has passed, perhaps more than once
   */
  constructor(all: () => readonly T[], expire: (call: T) => void) {
    this.#all = all;
    this.#expire = expire;
  }

  /** Notes the deadline of a call that begins. */
  note(deadline: number): void {
    if (deadline < this.#dueAt) this.#set(deadline);
  }

  /** Ends no more calls. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#dueAt = Number.POSITIVE_INFINITY;
  }

  #set(deadline: number): void {
    const now = Date.now();
    const ms = Math.min(Math.max(1, coarseMs(deadline - now)), maxTimerMs);
    // The timer is due a little after the first deadline. A deadline in between must not move it on.
    if (now + ms >= this.#dueAt) return;
    clearTimeout(this.#timer);
    this.#dueAt = now + ms;
    this.#timer = setTimeout(this.#look, ms).unref();
  }

  readonly #look = () => {
    const now = Date.now();
    let next = Number.POSITIVE_INFINITY;
    this.#dueAt = next;
    for (const call of this.#all()) {
      if (call.deadline <= now) this.#expire(call);
      else next = Math.min(next, call.deadline);
    }
    if (next < this.#dueAt) this.#set(next);
  };
}
