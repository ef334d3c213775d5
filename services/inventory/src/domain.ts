import { invalidArgument } from "@mesh/contracts";
import type { StockItem } from "@mesh/contracts/inventory/v1";

/** Refuses a product that stands in a list twice. */
export function checkUnique(field: string, productIds: readonly string[]): void {
  const seen = new Set<string>();
  for (const [position, id] of productIds.entries()) {
    if (seen.has(id)) throw invalidArgument(`${field}[${position}].product_id`, "stands in the list twice");
    seen.add(id);
  }
}

/** Whether two lists ask for the same pieces, in whatever sequence. */
export function sameItems(some: readonly StockItem[], others: readonly StockItem[]): boolean {
  const quantities = new Map(others.map((item) => [item.productId, item.quantity]));
  return some.length === others.length && some.every((item) => quantities.get(item.productId) === item.quantity);
}
