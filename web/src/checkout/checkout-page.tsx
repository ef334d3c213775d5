import { Link } from "@tanstack/react-router";
import { EmptyCart } from "../cart/cart-page.tsx";
import type { CartItem } from "../cart/items.ts";
import { type CartLine, totalOf } from "../cart/lines.ts";
import { useCart } from "../cart/use-cart.ts";
import { useCartLines } from "../cart/use-cart-lines.ts";
import { FailureNotice } from "../mesh/failure-notice.tsx";
import { formatMoney } from "../money.ts";
import { button } from "../ui/button.ts";
import { TextField } from "../ui/text-field.tsx";
import { OrderProblem } from "./order-problem.tsx";
import { OrderSummary } from "./order-summary.tsx";
import { PaymentCards } from "./payment-cards.tsx";
import { refusalOf } from "./refusal.ts";
import { useCheckout } from "./use-checkout.ts";

const noItems: readonly CartItem[] = [];

/** The page for delivery and payment. */
export function CheckoutPage() {
  const items = useCart();
  const { lines, error } = useCartLines();
  const { form, order, submit } = useCheckout(items);
  const refusal = order.error ? refusalOf(order.error, order.variables?.items ?? noItems) : undefined;
  if (items.length === 0) return order.isSuccess ? null : <EmptyCart />;
  return (
    <div className="gutter mx-auto max-w-6xl pt-8 md:pt-12">
      <title>Checkout · Heddle</title>
      <h1 className="text-[clamp(3rem,8vw,6rem)] display">Checkout</h1>
      <div className="mt-8 grid items-start gap-12 lg:grid-cols-[1fr_24rem] lg:gap-16">
        <form onSubmit={submit} noValidate className="grid min-w-0 gap-10" aria-label="Checkout">
          <Contact form={form} />
          <PaymentCards field={form.register("paymentToken")} problem={form.formState.errors.paymentToken?.message} />
          <div className="grid gap-4">
            <OrderProblem order={order} refusal={refusal} />
            <button
              type="submit"
              aria-busy={order.isPending}
              disabled={order.isPending}
              className={button("accent", "large")}
            >
              {order.isPending ? "Placing your order…" : `Place order${amountText(lines)}`}
            </button>
            <p className="label text-soft">
              This shop needs no card number, and you will not be charged.{" "}
              <Link to="/cart" className="underline underline-offset-4">
                Back to the cart
              </Link>
            </p>
          </div>
        </form>
        <div className="grid gap-4 lg:sticky lg:top-28">
          {error && <FailureNotice error={error} />}
          <OrderSummary lines={lines} problems={refusal?.items} refused={order.variables?.items} />
        </div>
      </div>
    </div>
  );
}

function amountText(lines: readonly CartLine[]): string {
  const total = totalOf(lines);
  return total ? ` · ${formatMoney(total)}` : "";
}

function Contact({ form: { register, formState } }: Pick<ReturnType<typeof useCheckout>, "form">) {
  const { errors } = formState;
  return (
    <fieldset className="grid gap-5">
      <legend className="mb-4 text-2xl display">Delivery</legend>
      <div className="grid gap-5 sm:grid-cols-2">
        <TextField label="Name" autoComplete="name" problem={errors.name?.message} {...register("name")} />
        <TextField
          label="Email"
          type="email"
          inputMode="email"
          autoComplete="email"
          problem={errors.email?.message}
          {...register("email")}
        />
      </div>
      <TextField
        label="Address"
        lines={3}
        autoComplete="street-address"
        problem={errors.address?.message}
        {...register("address")}
      />
    </fieldset>
  );
}
