import type { Product } from "@mesh/contracts/catalog/v1";
import { type Order, OrderStatus } from "@mesh/contracts/orders/v1";
import { clsx } from "clsx";
import { Cover } from "../art/cover.tsx";
import { shortId } from "../numbers.ts";
import { reasonText, statusWords } from "./status.ts";

interface BannerProps {
  readonly order: Order;
  readonly products: Readonly<Record<string, Product>>;
}

/** The status of an order, in large type. */
export function Banner({ order, products }: BannerProps) {
  const { title, look } = statusWords(order.status);
  return (
    <div
      className={clsx(
        "relative isolate overflow-hidden rounded-3xl px-5 py-7 transition-colors duration-500 sm:px-9 sm:py-10",
        look,
      )}
    >
      <p className="label font-semibold">Order {shortId(order.id)}</p>
      <h1 className="mt-3 max-w-[12ch] text-[clamp(2.75rem,8vw,6.5rem)] display">{title}</h1>
      <p role="status" className="mt-4 max-w-[46ch] text-lg">
        <span className="sr-only">{title}. </span>
        {sentenceOf(order)}
      </p>
      <Fan order={order} products={products} />
    </div>
  );
}

function sentenceOf({ status, cancelReason }: Order): string {
  if (status === OrderStatus.ORDER_STATUS_PENDING) return "This page updates by itself.";
  return reasonText(cancelReason) ?? "Thank you! Your order is confirmed.";
}

const turns = ["rotate-[9deg] right-6", "rotate-[2deg] right-24", "rotate-[-6deg] right-42"];

function Fan({ order, products }: BannerProps) {
  const lines = order.lines.slice(0, turns.length);
  return (
    <div aria-hidden="true" className="absolute inset-y-0 right-0 -z-10 w-96 max-md:hidden">
      {lines.map(({ productId, name }, place) => (
        <Cover
          key={productId}
          id={productId}
          name={name}
          category={products[productId]?.category}
          className={clsx("absolute -bottom-10 aspect-4/5 w-44 shadow-xl", turns[place])}
        />
      ))}
    </div>
  );
}
