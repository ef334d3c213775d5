import { Link } from "@tanstack/react-router";
import { Trash2 } from "lucide-react";
import { Cover } from "../art/cover.tsx";
import { formatMoney, times } from "../money.ts";
import { QuantityField } from "../ui/quantity-field.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { without, withQuantity } from "./items.ts";
import type { CartLine } from "./lines.ts";
import { cart } from "./use-cart.ts";

interface CartLineRowProps {
  readonly line: CartLine;
}

/** An editable line of the cart, with the reason why it can't be ordered, if any. */
export function CartLineRow({ line: { productId, quantity, product, problem } }: CartLineRowProps) {
  const name = product?.name ?? "this thing";
  const amount = product && times(product.price, quantity);
  return (
    <li aria-label={product?.name} className="grid grid-cols-[4.5rem_1fr] gap-4 border-rule border-b-[1.5px] py-4">
      <Cover
        id={productId}
        name={name}
        category={product?.category}
        imageId={product?.images[0]?.id}
        className="aspect-4/5 w-full"
      />
      <div className="flex min-w-0 flex-col gap-2">
        <div className="flex items-start justify-between gap-3">
          {product ? (
            <Link
              to="/products/$id"
              params={{ id: productId }}
              className="font-semibold leading-snug underline-offset-4 hover:underline"
            >
              {product.name}
            </Link>
          ) : (
            <Skeleton className="h-4 w-32" />
          )}
          {amount && <span className="shrink-0 font-semibold tabular-nums">{formatMoney(amount)}</span>}
        </div>
        {problem && (
          <p role="alert" className="label text-alarm">
            {problem}
          </p>
        )}
        <div className="mt-auto flex items-center justify-between gap-2">
          <QuantityField
            of={name}
            value={quantity}
            onChange={(next) => cart.update((items) => withQuantity(items, productId, next))}
          />
          <button
            type="button"
            onClick={() => cart.update((items) => without(items, productId))}
            aria-label={`Remove ${name} from the cart`}
            className="grid size-11 place-items-center rounded-full hover:bg-lilac hover:text-on-lilac"
          >
            <Trash2 aria-hidden="true" className="size-[1.1rem]" />
          </button>
        </div>
      </div>
    </li>
  );
}
