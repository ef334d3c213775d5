import type { Product } from "@mesh/contracts/catalog/v1";
import type { Order, OrderLine } from "@mesh/contracts/orders/v1";
import { Link } from "@tanstack/react-router";
import { Cover } from "../art/cover.tsx";
import { formatMoment } from "../dates.ts";
import { formatMoney, times } from "../money.ts";
import { shortId } from "../numbers.ts";

interface ReceiptProps {
  readonly order: Order;
  readonly products: Readonly<Record<string, Product>>;
}

/** The ordered products, with their prices at the time of the order. */
export function Receipt({ order, products }: ReceiptProps) {
  return (
    <section aria-labelledby="receipt" className="receipt bg-sheet px-5 pt-6 pb-9 sm:px-7">
      <div className="flex items-baseline justify-between gap-4">
        <h2 id="receipt" className="text-2xl display">
          Receipt
        </h2>
        <p className="label text-soft tabular-nums">No. {shortId(order.id)}</p>
      </div>
      <p className="label mt-1 text-soft">{formatMoment(order.placedAt)}</p>
      <ul aria-label="Ordered" className="mt-4 border-rule border-t-[1.5px] border-dashed">
        {order.lines.map((line) => (
          <ReceiptLine key={line.productId} line={line} product={products[line.productId]} />
        ))}
      </ul>
      <p className="mt-4 flex items-baseline justify-between gap-4 font-semibold text-lg">
        <span>Total</span>
        <span className="text-2xl tabular-nums tracking-tight">{formatMoney(order.total)}</span>
      </p>
    </section>
  );
}

function ReceiptLine({ line, product }: { line: OrderLine; product: Product | undefined }) {
  return (
    <li className="grid grid-cols-[3rem_1fr_auto] items-center gap-4 border-rule border-b-[1.5px] border-dashed py-3">
      <Cover
        id={line.productId}
        name={line.name}
        category={product?.category}
        imageId={product?.images[0]?.id}
        className="aspect-4/5 w-12"
      />
      <div className="min-w-0">
        <Link
          to="/products/$id"
          params={{ id: line.productId }}
          className="font-semibold leading-snug underline-offset-4 hover:underline"
        >
          {line.name}
        </Link>
        <p className="label text-soft tabular-nums">
          {line.quantity} × {formatMoney(line.unitPrice)}
        </p>
      </div>
      <p className="tabular-nums">{formatMoney(times(line.unitPrice, line.quantity))}</p>
    </li>
  );
}
