type Work = () => Promise<void>;

/** Runs work of different keys in parallel and work of the same key in order. */
export class KeyedQueue {
  readonly #maxParallel: number;
  readonly #byKey = new Map<string, Work[]>();
  readonly #ready: string[] = [];
  #running = 0;
  #waiting: (() => void)[] = [];

  /** @param maxParallel how many keys run at the same time */
  constructor(maxParallel: number) {
    this.#maxParallel = maxParallel;
  }

  /** Adds work, which must not fail. */
  add(key: string, work: Work): void {
    const queued = this.#byKey.get(key);
    if (queued) return void queued.push(work);
    this.#byKey.set(key, [work]);
    this.#ready.push(key);
    this.#fill();
  }

  /** Resolves when nothing is left. */
  async idle(): Promise<void> {
    if (this.#byKey.size > 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  #fill(): void {
    while (this.#running < this.#maxParallel) {
      const key = this.#ready.shift();
      if (key === undefined) break;
      void this.#runNext(key);
    }
    if (this.#byKey.size > 0) return;
    for (const resolve of this.#waiting) resolve();
    this.#waiting = [];
  }

  async #runNext(key: string): Promise<void> {
    const queued = this.#byKey.get(key) ?? [];
    this.#running++;
    await queued.shift()?.();
    this.#running--;
    if (queued.length > 0) this.#ready.push(key);
    else this.#byKey.delete(key);
    this.#fill();
  }
}
