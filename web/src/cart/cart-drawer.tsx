import { Dialog } from "@base-ui/react/dialog";
import { Link, useRouter } from "@tanstack/react-router";
import { X } from "lucide-react";
import { useEffect } from "react";
import { FailureNotice } from "../mesh/failure-notice.tsx";
import { plural } from "../numbers.ts";
import { button } from "../ui/button.ts";
import { cartToast, toasts } from "../ui/toasts.tsx";
import { CartLineRow } from "./cart-line-row.tsx";
import { CartTotal } from "./cart-total.tsx";
import { countOf } from "./items.ts";
import { useCart } from "./use-cart.ts";
import { useCartLines } from "./use-cart-lines.ts";

/** Opens the cart from anywhere. */
export const cartDialog = Dialog.createHandle();

/** The cart, over any page. */
export function CartDrawer() {
  const router = useRouter();
  // Close it when the customer goes to another page.
  useEffect(() => router.subscribe("onBeforeNavigate", () => cartDialog.close()), [router]);
  return (
    <Dialog.Root handle={cartDialog} onOpenChange={(isOpen) => isOpen && toasts.close(cartToast)}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-[#0b1c18]/45 transition-opacity duration-300 data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <Dialog.Popup className="fixed inset-y-0 right-0 z-40 flex w-full max-w-[27rem] flex-col border-ink bg-paper outline-none transition-[translate] duration-300 ease-out data-ending-style:translate-x-full data-starting-style:translate-x-full sm:border-l-[1.5px]">
          <DrawerHead />
          <DrawerBody />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function DrawerHead() {
  const count = countOf(useCart());
  return (
    <div className="flex items-center justify-between gap-4 border-ink border-b-[1.5px] px-5 py-3">
      <Dialog.Title className="text-2xl display">Cart</Dialog.Title>
      <span className="label mr-auto text-soft">{count > 0 && plural(count, "item")}</span>
      <Dialog.Close
        aria-label="Close the cart"
        className="grid size-11 place-items-center rounded-full hover:bg-lilac hover:text-on-lilac"
      >
        <X aria-hidden="true" className="size-5" />
      </Dialog.Close>
    </div>
  );
}

function DrawerBody() {
  const { lines, error } = useCartLines();
  if (lines.length === 0) {
    return (
      <div className="grid grow content-center justify-items-center gap-5 p-8 text-center">
        <p className="text-3xl display">Your cart is empty</p>
        <Link to="/" className={button("solid")}>
          Browse the shop
        </Link>
      </div>
    );
  }
  return (
    <>
      <div className="grow overflow-y-auto overscroll-contain px-5">
        {error && <FailureNotice error={error} className="mt-4" />}
        <ul aria-label="Items in the cart">
          {lines.map((line) => (
            <CartLineRow key={line.productId} line={line} />
          ))}
        </ul>
      </div>
      <div className="grid gap-4 border-ink border-t-[1.5px] px-5 py-5">
        <CartTotal lines={lines} />
        <div className="grid grid-cols-[auto_1fr] gap-3">
          <Link to="/cart" className={button("line", "large")}>
            View cart
          </Link>
          <Link to="/checkout" className={button("accent", "large")}>
            Check out
          </Link>
        </div>
      </div>
    </>
  );
}
