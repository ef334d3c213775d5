import type { KeyValues } from "../browser-storage.ts";
import { randomUuid } from "../uuid.ts";

const storageKey = "mesh.checkout";

/**
 * The idempotency key of the checkout that is going on. It is the same until the checkout ends, across retries, reloads
 * and tabs: whatever happens to an answer, the order is placed once.
 */
export function attemptKey(storage: KeyValues): string {
  const known = storage.getItem(storageKey);
  if (known) return known;
  const made = randomUuid();
  storage.setItem(storageKey, made);
  return made;
}

/** Ends the checkout: the next one is for another order. */
export function endAttempt(storage: KeyValues): void {
  storage.removeItem(storageKey);
}
