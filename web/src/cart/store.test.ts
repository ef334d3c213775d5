import { describe, expect, it, vi } from "vitest";
import { memoryStorage } from "../browser-storage.ts";
import { withMore } from "./items.ts";
import { openCart } from "./store.ts";

const a = "a0000000-0000-4000-8000-000000000000";

describe("openCart", () => {
  it("restores the items of an earlier page", () => {
    const storage = memoryStorage();
    openCart(storage).update((items) => withMore(items, a, 2));
    expect(openCart(storage).items()).toEqual([{ productId: a, quantity: 2 }]);
  });

  it("reads the items of another tab when notified", () => {
    const storage = memoryStorage();
    const [here, there] = [openCart(storage), openCart(storage)];
    const listener = vi.fn();
    here.subscribe(listener);
    there.update((items) => withMore(items, a, 1));
    expect(here.items()).toEqual([]);
    here.reload();
    expect(here.items()).toEqual(there.items());
    expect(listener).toHaveBeenCalledOnce();
  });

  it("notifies listeners of changes only, until they unsubscribe", () => {
    const cart = openCart(memoryStorage());
    const listener = vi.fn();
    const end = cart.subscribe(listener);
    cart.update((items) => items);
    expect(listener).not.toHaveBeenCalled();
    cart.update((items) => withMore(items, a, 1));
    expect(listener).toHaveBeenCalledOnce();
    end();
    cart.update(() => []);
    expect(listener).toHaveBeenCalledOnce();
  });

  it("returns the same list until it changes, as React requires", () => {
    const cart = openCart(memoryStorage());
    expect(cart.items()).toBe(cart.items());
  });
});
