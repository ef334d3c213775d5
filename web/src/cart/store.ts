import type { KeyValues } from "../browser-storage.ts";
import { type CartItem, parseItems } from "./items.ts";

/** A cart that outlives the page. */
export interface CartStore {
  /** The same list until it changes. */
  items(): readonly CartItem[];
  update(change: (items: readonly CartItem[]) => readonly CartItem[]): void;
  /** Reads it again: another tab may have written. */
  reload(): void;
  /** Calls a listener on every change. Returns a function that removes it. */
  subscribe(listener: () => void): () => void;
}

/** The key in the storage. */
export const cartKey = "mesh.cart";

/** Opens the cart in a storage. */
export function openCart(storage: KeyValues): CartStore {
  const listeners = new Set<() => void>();
  let items = parseItems(storage.getItem(cartKey));

  function replace(next: readonly CartItem[]) {
    if (next === items) return;
    items = next;
    for (const listener of listeners) listener();
  }

  return {
    items: () => items,
    update(change) {
      const next = change(items);
      storage.setItem(cartKey, JSON.stringify(next));
      replace(next);
    },
    reload: () => replace(parseItems(storage.getItem(cartKey))),
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
