import { randomUUID } from "node:crypto";
import { notFound } from "next/navigation";
import { connection } from "next/server";
import { Suspense } from "react";
import { findProduct, readStock } from "../../../mesh/catalog.ts";
import { formatMoney } from "../../money.ts";
import { OrderForm } from "./order-form.tsx";

type Params = Promise<{ readonly id: string }>;

const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

export default function ProductPage({ params }: { readonly params: Params }) {
  return (
    <Suspense fallback={<p className="quiet">Looking…</p>}>
      <Details params={params} />
    </Suspense>
  );
}

async function Details({ params }: { readonly params: Params }) {
  const { id } = await params;
  const product = uuid.test(id) ? await findProduct(id) : undefined;
  if (!product) notFound();
  // The key of the order is another one for each visitor.
  await connection();
  return (
    <article className="product">
      <div>
        <h1>{product.name}</h1>
        <p>{product.description}</p>
        <p className="price">{formatMoney(product.price)}</p>
        <p className="quiet">
          <Suspense fallback="…">
            <Stock id={id} />
          </Suspense>
        </p>
      </div>
      <OrderForm productId={id} idempotencyKey={randomUUID()} />
    </article>
  );
}

async function Stock({ id }: { readonly id: string }) {
  const available = await readStock(id);
  return available > 0n ? `${available.toLocaleString("en")} in stock` : "Sold out";
}
