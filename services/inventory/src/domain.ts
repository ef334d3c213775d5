import { invalidArgument } from "@mesh/contracts";
import type { StockItem } from "@mesh/contracts/inventory/v1";
import { canonical } from "@mesh/service";

/** Returns the list with canonical ids, sorted by id, so that all transactions lock products in the same order. */
export function byProduct<T extends { productId: string }>(list: readonly T[]): T[] {
  const items = list.map((item) => ({ ...item, productId: canonical(item.productId) }));
  return items.sort((a, b) => (a.productId < b.productId ? -1 : 1));
}

/** Rejects a list that contains a product twice. */
export function checkUnique(field: string, list: readonly { readonly productId: string }[]): void {
  const seen = new Set<string>();
  for (const [position, { productId }] of list.entries()) {
    const id = canonical(productId);
    if (seen.has(id)) throw invalidArgument(`${field}[${position}].product_id`, "is in the list twice");
    seen.add(id);
  }
}

/** Returns true if two lists contain the same items, in any order. */
export function sameItems(some: readonly StockItem[], others: readonly StockItem[]): boolean {
  const quantities = new Map(others.map((item) => [item.productId, item.quantity]));
  return some.length === others.length && some.every((item) => quantities.get(item.productId) === item.quantity);
}
