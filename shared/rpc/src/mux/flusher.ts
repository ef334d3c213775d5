/** For code that runs when the running code has ended; `queueMicrotask` costs a microsecond more. */
const now = Promise.resolve();

/** So many calls or responses are enough for a message. */
const enough = 8;

/**
 * Decides when a side of a stream sends what it has queued. While nothing else is outstanding, this is as soon as the
 * running code ends; else when all code of this turn of the event loop has run, so that what it queues goes into the same
 * message. If much is queued, it goes as soon as the event that the process handles is done, with all that belongs to
 * it. One message is on its way at a time: what is queued meanwhile follows it.
 */
export class Flusher {
  readonly #send: () => Promise<void>;
  #isQueued = false;
  #isSending = false;
  #isDueNow = false;
  #isDueThisTurn = false;
  #isDueAfterEvent = false;

  /** @param send takes what is queued, and sends it */
  constructor(send: () => Promise<void>) {
    this.#send = send;
  }

  /**
   * Has what is queued sent.
   *
   * @param isAlone whether nothing else is outstanding
   * @param queued how much is queued
   */
  schedule(isAlone: boolean, queued = 1): void {
    this.#isQueued = true;
    if (this.#isSending) return;
    if (queued >= enough && !this.#isDueAfterEvent) {
      this.#isDueAfterEvent = true;
      process.nextTick(this.#flushAfterEvent);
    }
    if (isAlone && !this.#isDueNow) {
      this.#isDueNow = true;
      void now.then(this.#flushNow);
    } else if (!isAlone && !this.#isDueThisTurn) {
      this.#isDueThisTurn = true;
      setImmediate(this.#flushThisTurn);
    }
  }

  readonly #flushNow = () => {
    this.#isDueNow = false;
    this.#flush();
  };

  readonly #flushThisTurn = () => {
    this.#isDueThisTurn = false;
    this.#flush();
  };

  readonly #flushAfterEvent = () => {
    this.#isDueAfterEvent = false;
    this.#flush();
  };

  #flush(): void {
    if (!this.#isQueued || this.#isSending) return;
    this.#isQueued = false;
    this.#isSending = true;
    this.#send().then(this.#sent, this.#sent);
  }

  readonly #sent = () => {
    this.#isSending = false;
    this.#flush();
  };
}
