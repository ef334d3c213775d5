/** Work that several callers wait for. It is aborted when all of them have left. */
export class Flight<R> {
  readonly #left = new AbortController();
  readonly #result: Promise<R>;
  readonly #onLeft: () => void;
  #callers = 0;

  /**
   * @param work gets the signal that aborts when all callers have left
   * @param onEnd called once, when the work is done or all callers have left
   */
  constructor(work: (signal: AbortSignal) => Promise<R>, onEnd: () => void) {
    let hasEnded = false;
    const end = () => {
      if (!hasEnded) onEnd();
      hasEnded = true;
    };
    this.#result = work(this.#left.signal).finally(end);
    // A caller that has left does not see the error.
    this.#result.catch(() => {});
    this.#onLeft = () => {
      end();
      this.#left.abort(new Error("all callers have left"));
    };
  }

  /** Waits for the result. @throws the signal's reason if the caller leaves before */
  async join(signal: AbortSignal): Promise<R> {
    this.#callers += 1;
    let stop = () => {};
    const left = new Promise<never>((_, reject) => {
      const leave = () => reject(signal.reason);
      signal.addEventListener("abort", leave);
      stop = () => signal.removeEventListener("abort", leave);
      if (signal.aborted) leave();
    });
    try {
      return await Promise.race([this.#result, left]);
    } finally {
      stop();
      this.#callers -= 1;
      if (this.#callers === 0) this.#onLeft();
    }
  }
}
