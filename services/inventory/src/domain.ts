import { invalidArgument } from "@mesh/contracts";
import type { StockItem } from "@mesh/contracts/inventory/v1";
import { canonical } from "@mesh/service";

/** The list with canonical ids, sorted by them: so all lock the same products in the same sequence. */
export function byProduct<T extends { productId: string }>(list: readonly T[]): T[] {
  const items = list.map((item) => ({ ...item, productId: canonical(item.productId) }));
  return items.sort((a, b) => (a.productId < b.productId ? -1 : 1));
}

/** Refuses a product that stands in a list twice. */
export function checkUnique(field: string, list: readonly { readonly productId: string }[]): void {
  const seen = new Set<string>();
  for (const [position, { productId }] of list.entries()) {
    const id = canonical(productId);
    if (seen.has(id)) throw invalidArgument(`${field}[${position}].product_id`, "stands in the list twice");
    seen.add(id);
  }
}

/** Whether two lists ask for the same pieces, in whatever sequence. */
export function sameItems(some: readonly StockItem[], others: readonly StockItem[]): boolean {
  const quantities = new Map(others.map((item) => [item.productId, item.quantity]));
  return some.length === others.length && some.every((item) => quantities.get(item.productId) === item.quantity);
}
