import type { Notified } from "./channels.ts";

/** Payloads of notifications, or undefined where some may have been missed: read everything again. */
export type Changes = AsyncIterable<string | undefined>;

type Listen = (channel: string, notified: Notified) => () => void;

/** What a slow reader may be behind, in different payloads; from there on it is told to read everything again. */
const maxPending = 256;

/** A channel's notifications as a loop; the same payload, given again before it was read, comes once. */
export async function* watchChannel(
  listen: Listen,
  channel: string,
  signal: AbortSignal,
): AsyncGenerator<string | undefined> {
  const pending = new Set<string | undefined>();
  let wake = () => {};
  const unlisten = listen(channel, (payload) => {
    const isBehind = pending.size >= maxPending;
    if (isBehind || payload === undefined) pending.clear();
    pending.add(isBehind ? undefined : payload);
    wake();
  });
  const abort = () => wake();
  signal.addEventListener("abort", abort);
  try {
    while (!signal.aborted) {
      for (const payload of pending) {
        pending.delete(payload);
        yield payload;
      }
      if (pending.size > 0 || signal.aborted) continue;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  } finally {
    unlisten();
    signal.removeEventListener("abort", abort);
  }
}
