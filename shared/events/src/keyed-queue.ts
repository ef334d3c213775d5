/** Work of a key. It holds the place while it runs. */
type Work = (place: Place) => Promise<void>;

/** One of the places of a queue. */
export class Place {
  readonly #queue: PlaceSource;
  #isHeld = true;

  constructor(queue: PlaceSource) {
    this.#queue = queue;
  }

  /** Lets other work run while this one waits. */
  leave(): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    this.#queue.free();
  }

  /** Waits until the place is held again. Those that left one come before new work. */
  async return(): Promise<void> {
    if (this.#isHeld) return;
    await this.#queue.next();
    this.#isHeld = true;
  }

  /** Hands the place over to what runs on behalf of several keys. */
  handOver(): Place {
    this.#isHeld = false;
    return new Place(this.#queue);
  }
}

interface PlaceSource {
  free(): void;
  next(): Promise<void>;
}

/** Runs work of different keys in parallel and work of the same key in order. */
export class KeyedQueue {
  readonly #maxParallel: number;
  readonly #byKey = new Map<string, Work[]>();
  readonly #ready: string[] = [];
  #running = 0;
  readonly #returning: (() => void)[] = [];
  #waiting: (() => void)[] = [];
  readonly #source: PlaceSource = {
    free: () => {
      this.#running--;
      this.#fill();
    },
    next: () =>
      new Promise((resolve) => {
        this.#returning.push(resolve);
        this.#fill();
      }),
  };

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
      const begin = this.#returning.shift() ?? this.#nextKey();
      if (!begin) break;
      this.#running++;
      begin();
    }
    if (this.#byKey.size > 0) return;
    for (const resolve of this.#waiting) resolve();
    this.#waiting = [];
  }

  #nextKey(): (() => void) | undefined {
    const key = this.#ready.shift();
    return key === undefined ? undefined : () => void this.#runNext(key);
  }

  async #runNext(key: string): Promise<void> {
    const queued = this.#byKey.get(key) ?? [];
    const place = new Place(this.#source);
    await queued.shift()?.(place);
    if (queued.length > 0) this.#ready.push(key);
    else this.#byKey.delete(key);
    place.leave();
    this.#fill();
  }
}
