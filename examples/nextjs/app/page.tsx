import Form from "next/form";
import Link from "next/link";
import { Suspense } from "react";
import { searchProducts } from "../mesh/catalog.ts";
import { formatMoney } from "./money.ts";

type SearchParams = Promise<{ readonly q?: string | string[] }>;

export default function Home({ searchParams }: { readonly searchParams: SearchParams }) {
  return (
    <>
      <h1>What are you looking for?</h1>
      <Form action="/" className="search">
        <input type="search" name="q" aria-label="Search" placeholder="A lamp, a teapot, a tent" maxLength={100} />
        <button className="primary" type="submit">
          Search
        </button>
      </Form>
      <Suspense fallback={<p className="quiet">Looking…</p>}>
        <Products searchParams={searchParams} />
      </Suspense>
    </>
  );
}

async function Products({ searchParams }: { readonly searchParams: SearchParams }) {
  const { q } = await searchParams;
  const { products, totalSize } = await searchProducts(typeof q === "string" ? q.trim().slice(0, 100) : "");
  return (
    <>
      <p className="quiet">{totalSize.toLocaleString("en")} found</p>
      <ul className="products">
        {products.map(({ id, name, description, price }) => (
          <li key={id}>
            <Link href={`/products/${id}`}>
              <strong>{name}</strong>
              <span className="quiet">{description}</span>
              <data value={String(price.minorUnits)}>{formatMoney(price)}</data>
            </Link>
          </li>
        ))}
      </ul>
    </>
  );
}
