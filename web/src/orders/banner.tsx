import type { Product } from "@mesh/contracts/catalog/v1";
import { type Order, OrderStatus } from "@mesh/contracts/orders/v1";
import { clsx } from "clsx";
import { Cover } from "../art/cover.tsx";
import { shortId } from "../numbers.ts";
import { isReturned, type Reader, reasonText, statusWords } from "./status.ts";

interface BannerProps {
  readonly order: Order;
  readonly products: Readonly<Record<string, Product>>;
  readonly reader: Reader;
}

/** The status of an order, in large type. */
export function Banner({ order, products, reader }: BannerProps) {
  const { title, look } = statusWords(order);
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
        {isReturned(order) ? refundSentence[reader] : sentenceOf(order, reader)}
      </p>
      <Fan order={order} products={products} />
    </div>
  );
}

const refundSentence = { customer: "You get your money back.", staff: "The customer gets the money back." };

function sentenceOf({ status, cancelReason }: Order, reader: Reader): string {
  if (status === OrderStatus.ORDER_STATUS_PENDING) return "This page updates by itself.";
  const thanks = reader === "customer" ? "Thank you! Your order is confirmed." : "The order of a customer.";
  return reasonText(cancelReason, reader) ?? thanks;
}

const turns = ["rotate-[9deg] right-6", "rotate-[2deg] right-24", "rotate-[-6deg] right-42"];

function Fan({ order, products }: Pick<BannerProps, "order" | "products">) {
  const lines = order.lines.slice(0, turns.length);
  return (
    <div aria-hidden="true" className="absolute inset-y-0 right-0 -z-10 w-96 max-md:hidden">
      {lines.map(({ productId, name }, place) => (
        <Cover
          key={productId}
          id={productId}
          name={name}
          category={products[productId]?.category}
          imageId={products[productId]?.images[0]?.id}
          className={clsx("absolute -bottom-10 aspect-4/5 w-44 shadow-xl", turns[place])}
        />
      ))}
    </div>
  );
}
