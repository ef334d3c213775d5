import { Dialog } from "@base-ui/react/dialog";
import { Link } from "@tanstack/react-router";
import { ShoppingBag } from "lucide-react";
import { cartDialog } from "../cart/cart-drawer.tsx";
import { countOf } from "../cart/items.ts";
import { useCart } from "../cart/use-cart.ts";
import { SearchField } from "../catalog/search-field.tsx";
import { Account } from "../session/account.tsx";
import { button } from "../ui/button.ts";
import { Wordmark } from "./wordmark.tsx";

/** The header of every page. */
export function Header() {
  return (
    <header className="top-0 z-30 border-ink border-b-[1.5px] bg-paper md:sticky">
      <div className="gutter flex flex-wrap items-center gap-x-3 gap-y-2 py-3 md:gap-x-6">
        <Link to="/" aria-label="Heddle home" className="rounded-lg">
          <Wordmark />
        </Link>
        <div className="order-last w-full md:order-none md:mx-auto md:w-auto md:max-w-md md:grow">
          <SearchField />
        </div>
        <nav aria-label="Main" className="ml-auto flex items-center gap-1 md:ml-0">
          <Link
            to="/orders"
            className="flex min-h-11 items-center gap-2 rounded-full px-2 font-semibold underline-offset-4 sm:px-3 hover:underline aria-[current=page]:underline aria-[current=page]:decoration-[3px] aria-[current=page]:decoration-vermilion"
          >
            Orders
          </Link>
          <Account />
          <CartButton />
        </nav>
      </div>
    </header>
  );
}

function CartButton() {
  const count = countOf(useCart());
  return (
    <Dialog.Trigger handle={cartDialog} className={button("solid", "medium", count > 0 ? "pr-3" : "")}>
      <ShoppingBag aria-hidden="true" className="size-5 max-sm:hidden" />
      Cart
      {count > 0 && (
        <span className="grid h-6 min-w-6 place-items-center rounded-full bg-lilac px-1.5 text-on-lilac text-sm tabular-nums">
          {count}
        </span>
      )}
      {count > 0 && <span className="sr-only">{count === 1 ? "item" : "items"}</span>}
    </Dialog.Trigger>
  );
}
