import { CartLineRow } from "../cart/cart-line-row.tsx";
import { CartTotal } from "../cart/cart-total.tsx";
import type { CartItem } from "../cart/items.ts";
import type { CartLine } from "../cart/lines.ts";

interface OrderSummaryProps {
  readonly lines: readonly CartLine[];
  /** The errors of the last attempt, by product id. */
  readonly problems: ReadonlyMap<string, string> | undefined;
  /** The items of the last attempt. An error does not apply to a line that changed since. */
  readonly refused: readonly CartItem[] | undefined;
}

/** The items to order, which can still be changed. */
export function OrderSummary({ lines, problems, refused }: OrderSummaryProps) {
  const wasRefused = (line: CartItem) =>
    refused?.some((item) => item.productId === line.productId && item.quantity === line.quantity) === true;
  return (
    <section aria-labelledby="summary" className="rounded-3xl border-[1.5px] border-ink p-5 sm:p-6">
      <h2 id="summary" className="text-2xl display">
        Your order
      </h2>
      <ul aria-label="Items to order" className="mt-2">
        {lines.map((line) => (
          <CartLineRow
            key={line.productId}
            line={{ ...line, problem: line.problem ?? (wasRefused(line) ? problems?.get(line.productId) : undefined) }}
          />
        ))}
      </ul>
      <div className="mt-5">
        <CartTotal lines={lines} />
      </div>
    </section>
  );
}
