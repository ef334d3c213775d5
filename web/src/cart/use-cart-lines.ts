import type { CallError } from "@mesh/contracts/client";
import { keepPreviousData, skipToken, useQuery } from "@tanstack/react-query";
import { api } from "../mesh/client.ts";
import type { CartItem } from "./items.ts";
import { type CartLine, linesOf } from "./lines.ts";
import { useCart } from "./use-cart.ts";

interface CartLines {
  readonly lines: readonly CartLine[];
  /** Why the names and prices can't be had now. */
  readonly error: CallError | null;
}

/** The cart with names, prices and stock: two calls, however many lines it has. */
export function useCartLines(): CartLines {
  const items = useCart();
  const ids = idsOf(items);
  // The lines that stay keep their names while one is added or taken out.
  const options = { placeholderData: keepPreviousData };
  const products = useQuery(api.catalog.batchGetProducts.queryOptions(ids ? { ids } : skipToken, options));
  const stock = useQuery(api.inventory.batchGetStock.queryOptions(ids ? { productIds: ids } : skipToken, options));
  const lines = linesOf({
    items,
    products: products.data?.products ?? [],
    isComplete: products.isSuccess && !products.isPlaceholderData,
    stock: stock.data?.stock,
  });
  return { lines, error: products.failureReason };
}

/** In a fixed order, so that the same products are the same query. */
function idsOf(items: readonly CartItem[]): string[] | undefined {
  return items.length > 0 ? items.map((item) => item.productId).sort() : undefined;
}
