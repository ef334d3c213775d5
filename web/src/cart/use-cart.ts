import { useSyncExternalStore } from "react";
import { storage } from "../browser-storage.ts";
import type { CartItem } from "./items.ts";
import { cartKey, openCart } from "./store.ts";

/** The browser's one cart. */
export const cart = openCart(storage);

function subscribe(listener: () => void): () => void {
  const end = cart.subscribe(listener);
  // Sent to the other tabs only; a null key says that all was cleared.
  const onStorage = ({ key }: StorageEvent) => (key === cartKey || key === null) && cart.reload();
  window.addEventListener("storage", onStorage);
  return () => {
    window.removeEventListener("storage", onStorage);
    end();
  };
}

/** Returns the items of the cart, which all tabs share. */
export function useCart(): readonly CartItem[] {
  return useSyncExternalStore(subscribe, cart.items);
}
