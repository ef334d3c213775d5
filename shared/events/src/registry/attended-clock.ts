/**
 * A monotonic clock that stops while this process can't run. After a pause of the process, the messages of that time are
 * still unread: their senders were not silent.
 */
export class AttendedClock {
  readonly #maxStepMs: number;
  readonly #monotonic: () => number;
  #ms = 0;
  #tickedAt: number;

  /**
   * @param maxStepMs the most that it advances between two ticks, in milliseconds
   * @param monotonic a clock in milliseconds
   */
  constructor(maxStepMs: number, monotonic: () => number = () => performance.now()) {
    this.#maxStepMs = maxStepMs;
    this.#monotonic = monotonic;
    this.#tickedAt = monotonic();
  }

  /** To be called by a timer. */
  tick(): void {
    this.#ms = this.now();
    this.#tickedAt = this.#monotonic();
  }

  /** The time that this process was able to run, in milliseconds. */
  now(): number {
    return this.#ms + Math.min(this.#monotonic() - this.#tickedAt, this.#maxStepMs);
  }
}
