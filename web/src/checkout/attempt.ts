import { randomUuid } from "@mesh/contracts/client";
import type { KeyValues } from "../browser-storage.ts";

const storageKey = "mesh.checkout";

/**
 * Returns the idempotency key of the current checkout. It stays the same across retries, reloads and tabs, so that the
 * order is placed once even if a response is lost.
 */
export function attemptKey(storage: KeyValues): string {
  const known = storage.getItem(storageKey);
  if (known) return known;
  const made = randomUuid();
  storage.setItem(storageKey, made);
  return made;
}

/** Ends the checkout. The next one gets a new key. */
export function endAttempt(storage: KeyValues): void {
  storage.removeItem(storageKey);
}
