import { setTimeout as delay } from "node:timers/promises";

/** Waits until a URL answers with success. @throws when the signal aborts */
export async function untilAnswers(url: string, signal: AbortSignal): Promise<void> {
  while (true) {
    signal.throwIfAborted();
    const limit = AbortSignal.any([signal, AbortSignal.timeout(10_000)]);
    const isThere = await fetch(url, { signal: limit }).then(
      (response) => response.arrayBuffer().then(() => response.ok),
      () => false,
    );
    if (isThere) return;
    await delay(100, undefined, { signal });
  }
}
