import type { Product } from "@mesh/contracts/catalog/v1";
import type { Money } from "@mesh/contracts/mesh/v1";
import { sum, times } from "../money.ts";
import { plural } from "../numbers.ts";
import type { CartItem } from "./items.ts";

/** A line of the cart, with what the mesh says of its product. */
export interface CartLine extends CartItem {
  /** Undefined: not known yet, or not on sale any more. */
  readonly product: Product | undefined;
  /** What keeps it from being ordered; undefined: nothing that is known. */
  readonly problem: string | undefined;
}

interface Facts {
  readonly items: readonly CartItem[];
  readonly products: readonly Product[];
  /** Whether a product that is not among them is known not to be on sale. */
  readonly isComplete: boolean;
  /** Undefined: not known. */
  readonly stock: readonly { readonly productId: string; readonly available: bigint }[] | undefined;
}

/** Joins what is in the cart with what the catalog and the inventory say. */
export function linesOf({ items, products, isComplete, stock }: Facts): CartLine[] {
  const byId = new Map(products.map((product) => [product.id, product]));
  const available = new Map(stock?.map((level) => [level.productId, level.available]));
  return items.map((item) => {
    const product = byId.get(item.productId);
    const isGone = isComplete && !product;
    const problem = isGone ? goneText : shortageText(item.quantity, available.get(item.productId));
    return { ...item, product, problem };
  });
}

/** Said of a product that is not on sale. */
export const goneText = "This is no longer on sale.";

/** Said of a line with more pieces than there are; undefined: there are enough, or nobody knows. */
export function shortageText(quantity: number, available: bigint | undefined): string | undefined {
  if (available === undefined || BigInt(quantity) <= available) return undefined;
  return available > 0n ? `Only ${plural(available, "piece")} left.` : "Sold out.";
}

/** What the lines cost together; undefined: not known, or in more than one currency. */
export function totalOf(lines: readonly CartLine[]): Money | undefined {
  const amounts = lines.map(({ product, quantity }) => product && times(product.price, quantity));
  const known = amounts.filter((amount) => amount !== undefined);
  return known.length === lines.length ? sum(known) : undefined;
}
