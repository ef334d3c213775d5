import type { Product } from "@mesh/contracts/catalog/v1";
import type { Order } from "@mesh/contracts/orders/v1";
import { skipToken, useQuery } from "@tanstack/react-query";
import { api } from "../mesh/client.ts";

/** The number of pictures in a row. */
export const picturesPerOrder = 4;

/** The products whose pictures a list of orders shows, by id: one call, and the list does not wait for it. */
export function useProducts(orders: readonly Order[]): ReadonlyMap<string, Product> {
  const shown = orders.flatMap(({ lines }) => lines.slice(0, picturesPerOrder).map(({ productId }) => productId));
  const ids = [...new Set(shown)].sort();
  const products = useQuery(api.catalog.batchGetProducts.queryOptions(ids.length > 0 ? { ids } : skipToken));
  return new Map(products.data?.products.map((product) => [product.id, product]));
}
