/** Work of a key. It holds the slot while it runs. */
type Work = (slot: Slot) => Promise<void>;

/** One of the slots of a queue. */
export class Slot {
  readonly #queue: SlotSource;
  #isHeld = true;

  constructor(queue: SlotSource) {
    this.#queue = queue;
  }

  /** Lets other work run while this one waits. */
  leave(): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    this.#queue.free();
  }

  /** Waits until the slot is held again. Those that left one come before new work. */
  async return(): Promise<void> {
    if (this.#isHeld) return;
    await this.#queue.next();
    this.#isHeld = true;
  }

  /** Hands the slot over to what runs on behalf of several keys. */
  handOver(): Slot {
    this.#isHeld = false;
    return new Slot(this.#queue);
  }
}

interface SlotSource {
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
  readonly #source: SlotSource = {
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
    const slot = new Slot(this.#source);
    await queued.shift()?.(slot);
    if (queued.length > 0) this.#ready.push(key);
    else this.#byKey.delete(key);
    slot.leave();
    this.#fill();
  }
}
