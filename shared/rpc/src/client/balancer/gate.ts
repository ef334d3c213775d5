/** The longest that calls wait, in milliseconds. */
const maxMs = 2_000;

/** Lets calls wait until something is there that can take them, at most two seconds from the first on. */
export class Gate {
  #opening: Promise<void> | undefined;
  #resolve = () => {};
  #timers: NodeJS.Timeout[] = [];
  #isClosed = false;

  /** Resolves when calls need not wait any more; undefined: they need not. */
  get opening(): Promise<void> | undefined {
    if (!this.#isClosed || this.#opening) return this.#opening;
    this.#opening = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    this.#openIn(maxMs);
    return this.#opening;
  }

  close(): void {
    this.#isClosed = true;
  }

  /** Lets the calls go, if some wait only after a time in milliseconds. */
  open(afterMs = 0): void {
    this.#isClosed = false;
    if (!this.#opening) return;
    if (afterMs > 0) this.#openIn(afterMs);
    else this.#letGo();
  }

  #openIn(ms: number): void {
    this.#timers.push(setTimeout(() => this.#letGo(), ms));
  }

  #letGo(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers = [];
    this.#isClosed = false;
    this.#opening = undefined;
    this.#resolve();
  }
}
