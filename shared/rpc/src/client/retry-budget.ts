/** The retries that a connection may make before any call has succeeded, and the most it may save up. */
const retries = { first: 5, most: 100, perSuccess: 0.1 };

/**
 * Bounds the retries of a connection: each success earns a tenth of one, up to a hundred. So a service that fails gets
 * a tenth more calls and once a hundred, and the calls that a lost process had under way can all be made again.
 */
export class RetryBudget {
  #left = retries.first;

  /** Notes a call that succeeded. */
  earn(): void {
    if (this.#left < retries.most) this.#left += retries.perSuccess;
  }

  /** Takes a retry. Returns whether there was one. */
  spend(): boolean {
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}
