/** The most events that share a transaction. */
const maxShared = 64;

/** How long a shared transaction takes further events, in milliseconds: their locks and effects wait as long. */
const shareMs = { min: 10, max: 100 };

/** The weight of the newest measurement in a mean. */
const weight = 0.2;

/** How long no transaction is shared after one that failed or was slow, in milliseconds. Longer if it comes again. */
const pauseMs = { min: 1_000, max: 30_000 };

/** How many times as long as meant a transaction takes that is slow. */
const slowFactor = 10;

/**
 * Decides how many events share a transaction: as many as are handled while one transaction begins and commits twice, which is longer on
 * a busy machine. One if they are slow or fail.
 */
export class ShareSize {
  #handlerMs = shareMs.min;
  #frameMs = 0;
  #pauseMs = pauseMs.min;
  #pausedUntil = 0;

  get current(): number {
    if (performance.now() < this.#pausedUntil) return 1;
    return Math.min(maxShared, Math.max(1, Math.floor(this.shareMs / this.#handlerMs)));
  }

  /** How long a shared transaction takes further events, in milliseconds. */
  get shareMs(): number {
    return Math.min(shareMs.max, Math.max(shareMs.min, 2 * this.#frameMs));
  }

  /** Takes in a transaction. @param frameMs the time of what is not its handlers */
  committed({ handlersMs, count, frameMs }: { handlersMs: number; count: number; frameMs: number }): void {
    if (count > 1 && handlersMs > this.shareMs * slowFactor) this.pause();
    else if (count > 0) this.#handlerMs += (handlersMs / count - this.#handlerMs) * weight;
    this.#frameMs += (frameMs - this.#frameMs) * weight;
    this.#pauseMs = Math.max(pauseMs.min, this.#pauseMs * 0.99);
  }

  /** A shared transaction failed, or an event delayed the others. */
  pause(): void {
    this.#pausedUntil = performance.now() + this.#pauseMs;
    this.#pauseMs = Math.min(pauseMs.max, this.#pauseMs * 2);
  }
}
