import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { Shelf } from "../catalog/categories.ts";
import { ProductGrid } from "../catalog/product-grid.tsx";
import { api } from "../mesh/client.ts";

/** More products of the same category, if there are any. */
export function SameShelf({ shelf, exceptId }: { shelf: Shelf; exceptId: string }) {
  const list = useQuery(api.catalog.listProducts.queryOptions({ pageSize: 13, category: shelf.category }));
  const others = list.data?.products.filter(({ id }) => id !== exceptId).slice(0, 12) ?? [];
  if (others.length === 0) return null;
  return (
    <section aria-labelledby="same-shelf" className="mt-20">
      <div className="mb-4 flex items-baseline justify-between gap-4">
        <h2 id="same-shelf" className="text-3xl display">
          More from {shelf.name}
        </h2>
        <Link to="/" search={{ category: shelf.slug }} className="label font-semibold underline underline-offset-4">
          See all
        </Link>
      </div>
      <ProductGrid label={`More from ${shelf.name}`} products={others} />
    </section>
  );
}
