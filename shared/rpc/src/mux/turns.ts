import { setImmediate as nextTurn } from "node:timers/promises";

/**
 * Spreads the handlers of calls that arrive together over turns of the event loop. The first turn is the next one, when
 * everything is read that has arrived: handlers that compute would otherwise run between two messages, and calls would
 * queue in buffers, where no limit counts them.
 */
export class Turns {
  /** Resolves when the last turn begins that has calls; undefined: it has begun. */
  #last: Promise<void> | undefined;
  /** The calls of that turn. */
  #calls = 0;

  /**
   * Returns when the handler of the next call may run.
   *
   * @param most the calls of a turn, at most
   */
  take(most: number): Promise<void> {
    if (this.#last && this.#calls < most) {
      this.#calls += 1;
      return this.#last;
    }
    const turn = this.#last ? this.#last.then(() => nextTurn()) : nextTurn();
    this.#last = turn;
    this.#calls = 1;
    void turn.then(() => {
      if (this.#last === turn) this.#last = undefined;
    });
    return turn;
  }
}
