import { setTimeout as delay } from "node:timers/promises";

/** Waits until a URL responds with a success status. @throws if the signal aborts */
export async function untilResponding(url: string, signal: AbortSignal): Promise<void> {
  while (true) {
    signal.throwIfAborted();
    const limit = AbortSignal.any([signal, AbortSignal.timeout(10_000)]);
    const isOk = await fetch(url, { signal: limit }).then(
      (response) => response.arrayBuffer().then(() => response.ok),
      () => false,
    );
    if (isOk) return;
    await delay(100, undefined, { signal });
  }
}
