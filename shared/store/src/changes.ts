import type { Notified } from "./channels.ts";

/** Payloads of notifications, or undefined if some may have been missed: read everything then. */
export type Changes = AsyncIterable<string | undefined>;

type Listen = (channel: string, notified: Notified) => () => void;

/** The most payloads that wait for a slow reader. If there are more, it gets undefined and reads everything again. */
const maxPending = 256;

/** Iterates over the notifications of a channel. A payload that is repeated before it is read comes once. */
export async function* watchChannel(
  listen: Listen,
  channel: string,
  signal: AbortSignal,
): AsyncGenerator<string | undefined> {
  const pending = new PendingPayloads();
  const unlisten = listen(channel, (payload) => pending.add(payload));
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
