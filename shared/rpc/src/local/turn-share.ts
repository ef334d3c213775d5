import { setImmediate as nextTurn } from "node:timers/promises";

/** How long calls within a process may go on in one turn of the event loop, in milliseconds. */
const turnMs = 10;

/**
 * The part of a turn of the event loop that calls within a process may take. A loop over such calls need not wait for anything
 * else, and would keep timers, and all that arrives, from the process.
 */
export class TurnShare {
  /** When the turn began, by `performance.now()`; undefined: there was no call in it yet. */
  #beganAt: number | undefined;
  #next: Promise<void> | undefined;

  /** Returns when the next call or message may go on; undefined: now. */
  next(): Promise<void> | undefined {
    if (this.#beganAt === undefined) {
      this.#beganAt = performance.now();
      this.#next ??= nextTurn().then(() => {
        this.#beganAt = undefined;
        this.#next = undefined;
      });
      return undefined;
    }
    return performance.now() - this.#beganAt < turnMs ? undefined : this.#next;
  }
}
