import type { Notified } from "./channels.ts";

/** Payloads of notifications, or undefined if some may have been missed: read everything then. */
export interface Changes extends AsyncIterable<string | undefined> {
  /**
   * Reads what has changed, once for all who watch the channel in this process and want the same.
   *
   * @param key what is read: everything that the result depends on
   * @throws what `work` throws
   */
  read<T>(key: string, work: () => Promise<T>): Promise<T>;
}

type Listen = (channel: string, notified: Notified) => () => void;

/** The most payloads that wait for a slow reader. If there are more, it gets undefined and reads everything again. */
const maxPending = 256;

/** Watches channels for many readers. */
export class Watches {
  readonly #listen: Listen;
  /** The reads that run, by channel. */
  readonly #reads = new Map<string, SharedReads>();

  constructor(listen: Listen) {
    this.#listen = listen;
  }

  /** Watches a channel until the signal aborts. A payload that is repeated before it is taken comes once. */
  watch(channel: string, signal: AbortSignal): Changes {
    const reads = this.#reads.get(channel) ?? new SharedReads();
    this.#reads.set(channel, reads);
    const listen = (notified: Notified) => {
      return this.#listen(channel, (payload) => {
        reads.forget();
        notified(payload);
      });
    };
    return {
      [Symbol.asyncIterator]: () => payloadsOf(listen, signal),
      read: (key, work) => reads.join(key, signal, work),
    };
  }
}

/** A read that runs. */
interface SharedRead {
  readonly result: Promise<unknown>;
  /** Of the one who began it: the read fails when that one leaves. */
  readonly signal: AbortSignal;
}

/** The reads of a channel that have begun since its last notification. */
class SharedReads {
  readonly #running = new Map<string, SharedRead>();

  /** What was read before a notification may lack what it notifies of. */
  forget(): void {
    this.#running.clear();
  }

  async join<T>(key: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    for (;;) {
      const running = this.#running.get(key);
      if (!running) return this.#begin(key, signal, work);
      try {
        return (await running.result) as T; // The key says what is read.
      } catch (error) {
        if (!running.signal.aborted) throw error;
      }
    }
  }

  async #begin<T>(key: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const read = { result: work(), signal };
    this.#running.set(key, read);
    try {
      return await read.result;
    } finally {
      if (this.#running.get(key) === read) this.#running.delete(key);
    }
  }
}

async function* payloadsOf(
  listen: (notified: Notified) => () => void,
  signal: AbortSignal,
): AsyncGenerator<string | undefined> {
  const pending = new PendingPayloads();
  const unlisten = listen((payload) => pending.add(payload));
  const abort = () => pending.wake();
  signal.addEventListener("abort", abort);
  try {
    while (!signal.aborted) {
      yield* pending.take();
      if (!signal.aborted) await pending.arrival();
    }
  } finally {
    unlisten();
    signal.removeEventListener("abort", abort);
  }
}

/** The payloads that the reader has not taken yet. */
class PendingPayloads {
  readonly #payloads = new Set<string | undefined>();
  /** Ends the wait for the next payload. */
  wake = () => {};

  add(payload: string | undefined): void {
    const isBehind = this.#payloads.size >= maxPending;
    if (isBehind || payload === undefined) this.#payloads.clear();
    this.#payloads.add(isBehind ? undefined : payload);
    this.wake();
  }

  *take(): Generator<string | undefined> {
    for (const payload of this.#payloads) {
      this.#payloads.delete(payload);
      yield payload;
    }
  }

  async arrival(): Promise<void> {
    if (this.#payloads.size > 0) return;
    await new Promise<void>((resolve) => {
      this.wake = resolve;
    });
  }
}
