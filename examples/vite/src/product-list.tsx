import { pages } from "@acme/shop-client";
import type { ListProductsResponse, Product } from "@acme/shop-client/catalog/v1";
import { useCallback, useEffect, useRef, useState } from "react";
import { client } from "./client.ts";
import { formatMoney } from "./money.ts";

/** The products that match a search, page by page: the next page is requested when it is asked for. */
export function ProductList({ chosen, onChoose }: { chosen: Product | undefined; onChoose: (one: Product) => void }) {
  const [query, setQuery] = useState("");
  const { products, total, hasMore, failure, more } = useProducts(query);

  return (
    <section aria-labelledby="products">
      <div className="bar">
        <h2 id="products">Products</h2>
        <input
          type="search"
          aria-label="Search"
          placeholder="Search"
          onChange={(event) => setQuery(event.target.value)}
        />
      </div>
      {failure ? (
        <p role="alert">{failure}</p>
      ) : (
        <p className="quiet">{total === undefined ? "…" : `${total.toLocaleString("en")} found`}</p>
      )}
      <ul className="products">
        {products.map((product) => (
          <li key={product.id}>
            <button type="button" aria-pressed={product.id === chosen?.id} onClick={() => onChoose(product)}>
              <span>{product.name}</span>
              <data value={String(product.price.minorUnits)}>{formatMoney(product.price)}</data>
            </button>
          </li>
        ))}
      </ul>
      {hasMore && (
        <button type="button" onClick={more}>
          More products
        </button>
      )}
    </section>
  );
}

function useProducts(query: string) {
  const [loaded, setLoaded] = useState<{ products: readonly Product[]; total?: bigint; hasMore: boolean }>({
    products: [],
    hasMore: false,
  });
  const [failure, setFailure] = useState("");
  const iterator = useRef<AsyncGenerator<ListProductsResponse>>(undefined);

  const more = useCallback(async () => {
    const own = iterator.current;
    try {
      const page = await own?.next();
      // Meanwhile, another search may have begun.
      if (own !== iterator.current || !page || page.done) return;
      const { products, totalSize: total, nextPageToken } = page.value;
      setLoaded((before) => ({ products: [...before.products, ...products], total, hasMore: nextPageToken !== "" }));
      setFailure("");
    } catch {
      if (own === iterator.current) setFailure("The shop does not respond.");
    }
  }, []);

  useEffect(() => {
    const timer = setTimeout(() => {
      iterator.current = pages(client.catalog.listProducts.query, { pageSize: 24, query: query.trim() });
      setLoaded({ products: [], hasMore: false });
      void more();
    }, 200);
    return () => clearTimeout(timer);
  }, [query, more]);

  return { ...loaded, failure, more };
}
