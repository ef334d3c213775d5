import { unavailable } from "./unavailable.ts";

/** A read that runs or waits, and the number of those who wait for its result. */
interface SharedRead<T> {
  readonly work: () => Promise<T>;
  readonly result: Promise<T>;
  readonly settle: (result: Promise<T>) => void;
  readers: number;
}

/** Runs reads one after the other. Those who want the same one share it. */
export class SharedReads<T> {
  readonly #maxWaiting: number;
  /** The read that runs, and those that wait, by their keys. */
  readonly #reads = new Map<string, SharedRead<T>>();
  #running: SharedRead<T> | undefined;

  /** @param maxWaiting the most different reads that wait */
  constructor(maxWaiting: number) {
    this.#maxWaiting = maxWaiting;
  }

  /**
   * Waits for the result of a read. A read for which no reader waits any more does not begin.
   *
   * @param signal ends the wait, with the result undefined
   * @throws MeshError UNAVAILABLE if too many reads wait
   */
  async join(key: string, signal: AbortSignal, work: () => Promise<T>): Promise<T | undefined> {
    if (signal.aborted) return undefined;
    const read = this.#reads.get(key) ?? this.#add(key, work);
    read.readers += 1;
    try {
      return await untilAborted(signal, read.result);
    } finally {
      read.readers -= 1;
      if (read.readers === 0 && read !== this.#running) this.#remove(key, read);
    }
  }

  #add(key: string, work: () => Promise<T>): SharedRead<T> {
    if (this.#reads.size > this.#maxWaiting)
      throw unavailable("too many subscribers wait for events that were published before");
    let settle = (_: Promise<T>) => {};
    const result = new Promise<T>((resolve) => {
      settle = resolve;
    });
    // All of its readers may have left.
    result.catch(() => {});
    const read = { work, result, settle, readers: 0 };
    this.#reads.set(key, read);
    if (!this.#running) void this.#run();
    return read;
  }

  async #run(): Promise<void> {
    // Reads that are added meanwhile come last.
    for (const [key, read] of this.#reads) {
      this.#running = read;
      read.settle(read.work());
      await read.result.catch(() => {});
      this.#remove(key, read);
    }
    this.#running = undefined;
  }

  #remove(key: string, read: SharedRead<T>): void {
    if (this.#reads.get(key) === read) this.#reads.delete(key);
  }
}

function untilAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const stop = () => resolve(undefined);
    signal.addEventListener("abort", stop);
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}
