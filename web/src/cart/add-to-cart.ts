import type { Product } from "@mesh/contracts/catalog/v1";
import { plural } from "../numbers.ts";
import { cartToast, toasts } from "../ui/toasts.tsx";
import { cartDialog } from "./cart-drawer.tsx";
import { maxItems, withMore } from "./items.ts";
import { cart } from "./use-cart.ts";

/** Adds a product to the cart, and shows a message. */
export function addToCart(product: Pick<Product, "id" | "name">, quantity: number): void {
  const before = cart.items();
  cart.update((items) => withMore(items, product.id, quantity));
  if (cart.items() === before) {
    toasts.add({
      id: cartToast,
      title: "The cart is full",
      description: `An order can contain at most ${maxItems} different products.`,
    });
    return;
  }
  toasts.add({
    id: cartToast,
    title: quantity === 1 ? "Added to cart" : `Added ${plural(quantity, "item")} to the cart`,
    description: product.name,
    actionProps: { children: "View", "aria-label": "View the cart", onClick: () => cartDialog.open(null) },
  });
}
