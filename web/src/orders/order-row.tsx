import type { Product } from "@mesh/contracts/catalog/v1";
import type { Order } from "@mesh/contracts/orders/v1";
import { Link } from "@tanstack/react-router";
import { clsx } from "clsx";
import { Cover } from "../art/cover.tsx";
import { formatMoment } from "../dates.ts";
import { formatMoney } from "../money.ts";
import { plural, shortId } from "../numbers.ts";
import { statusWords } from "./status.ts";
import { picturesPerOrder } from "./use-products.ts";

interface OrderRowProps {
  readonly order: Order;
  readonly products: ReadonlyMap<string, Product>;
}

/** An order in a list. */
export function OrderRow({ order, products }: OrderRowProps) {
  const { id, lines, total, placedAt } = order;
  const { name: statusName, look } = statusWords(order);
  const pieces = lines.reduce((count, line) => count + line.quantity, 0);
  return (
    <article className="group relative flex flex-wrap items-center gap-x-6 gap-y-3 border-ink border-b-[1.5px] py-4 hover:bg-sheet">
      <div className="flex w-44 max-sm:order-3">
        {lines.slice(0, picturesPerOrder).map(({ productId, name }) => (
          <Cover
            key={productId}
            id={productId}
            name={name}
            category={products.get(productId)?.category}
            imageId={products.get(productId)?.images[0]?.id}
            className="-mr-3 aspect-4/5 w-13 border-[1.5px] border-paper"
          />
        ))}
      </div>
      <div className="min-w-40 grow">
        <h2 className="font-bold text-xl tracking-tight">
          <Link
            to="/orders/$id"
            params={{ id }}
            className="underline-offset-4 after:absolute after:inset-0 group-hover:underline"
          >
            Order {shortId(id)}
          </Link>
        </h2>
        <p className="label text-soft">
          {plural(pieces, "item")}
          {` · ${formatMoment(placedAt)}`}
        </p>
      </div>
      <p className={clsx("label rounded-full px-3 py-1.5 font-semibold", look)}>{statusName}</p>
      <p className="w-28 text-right font-semibold text-lg tabular-nums max-sm:order-4 max-sm:ml-auto max-sm:w-auto">
        {formatMoney(total)}
      </p>
    </article>
  );
}
