import type { Product } from "@mesh/contracts/catalog/v1";
import type { Money } from "@mesh/contracts/mesh/v1";
import { sum, times } from "../money.ts";
import { formatCount } from "../numbers.ts";
import type { CartItem } from "./items.ts";

/** A line of the cart, with its product and stock. */
export interface CartLine extends CartItem {
  /** Undefined if it is not loaded yet, or no longer for sale. */
  readonly product: Product | undefined;
  /** The reason why it can't be ordered. Undefined if there is none. */
  readonly problem: string | undefined;
}

interface Facts {
  readonly items: readonly CartItem[];
  readonly products: readonly Product[];
  /** True if a product that is missing here is not for sale. */
  readonly isComplete: boolean;
  /** Undefined if it is not known. */
  readonly stock: readonly { readonly productId: string; readonly available: bigint }[] | undefined;
}

/** Joins the items of the cart with their products and stock. */
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

/** The message for a product that is not for sale. */
export const goneText = "This product is no longer available.";

/** Returns the message for a line with too little stock. Undefined if there is enough, or it is unknown. */
export function shortageText(quantity: number, available: bigint | undefined): string | undefined {
  if (available === undefined || BigInt(quantity) <= available) return undefined;
  return available > 0n ? `Only ${formatCount(available)} left.` : "Sold out.";
}

/** Returns the total of the lines. Undefined if a price is unknown, or the currencies differ. */
export function totalOf(lines: readonly CartLine[]): Money | undefined {
  const amounts = lines.map(({ product, quantity }) => product && times(product.price, quantity));
  const known = amounts.filter((amount) => amount !== undefined);
  return known.length === lines.length ? sum(known) : undefined;
}
