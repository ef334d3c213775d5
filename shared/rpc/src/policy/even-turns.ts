/** The fractional part of the golden ratio. Source: https://en.wikipedia.org/wiki/Low-discrepancy_sequence#Additive_recurrence */
const step = (Math.sqrt(5) - 1) / 2;

/**
 * Numbers from 0 to 1 that are spread more evenly than random ones: of 10,000, 10 % give or take two are less than 0.1. The
 * first one is random.
 */
export class EvenTurns {
  #last = Math.random();

  next(): number {
    this.#last = (this.#last + step) % 1;
    return this.#last;
  }
}
