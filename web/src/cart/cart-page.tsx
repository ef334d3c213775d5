import { Link } from "@tanstack/react-router";
import { MessagePage } from "../layout/message-page.tsx";
import { FailureNotice } from "../mesh/failure-notice.tsx";
import { plural } from "../numbers.ts";
import { button } from "../ui/button.ts";
import { CartLineRow } from "./cart-line-row.tsx";
import { CartTotal } from "./cart-total.tsx";
import { countOf } from "./items.ts";
import { useCartLines } from "./use-cart-lines.ts";

/** The cart, on a page of its own. */
export function CartPage() {
  const { lines, error } = useCartLines();
  if (lines.length === 0) return <EmptyCart />;
  return (
    <div className="gutter mx-auto max-w-6xl pt-8 md:pt-12">
      <title>Cart · Heddle</title>
      <h1 className="text-[clamp(3rem,8vw,6rem)] display">Cart</h1>
      {error && <FailureNotice error={error} className="mt-6" />}
      <div className="mt-6 grid items-start gap-10 lg:grid-cols-[1fr_22rem] lg:gap-16">
        <ul aria-label="Items in the cart" className="border-ink border-t-[1.5px]">
          {lines.map((line) => (
            <CartLineRow key={line.productId} line={line} />
          ))}
        </ul>
        <section aria-label="Summary" className="grid gap-5 rounded-3xl bg-lilac p-6 text-on-lilac lg:sticky lg:top-28">
          <p className="label">{plural(countOf(lines), "item")}, delivery included</p>
          <CartTotal lines={lines} />
          <Link to="/checkout" className={button("solid", "large")}>
            Check out
          </Link>
        </section>
      </div>
    </div>
  );
}

/** Shown if the cart is empty. */
export function EmptyCart() {
  return (
    <>
      <title>Cart · Heddle</title>
      <MessagePage
        title="Your cart is empty"
        picture="Basket"
        action={
          <Link to="/" className={button("solid", "large")}>
            Browse the shop
          </Link>
        }
      >
        Your items stay in the cart, even if you come back tomorrow.
      </MessagePage>
    </>
  );
}
