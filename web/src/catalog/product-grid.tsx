import type { Product } from "@mesh/contracts/catalog/v1";
import { skipToken, useQuery } from "@tanstack/react-query";
import { clsx } from "clsx";
import type { ReactNode } from "react";
import { api } from "../mesh/client.ts";
import { ProductCard, ProductCardSkeleton } from "./product-card.tsx";

const cell = "border-ink border-r-[1.5px] border-b-[1.5px]";

function Grid({ label, isBusy = false, children }: { label: string; isBusy?: boolean; children: ReactNode }) {
  return (
    <ul
      aria-label={label}
      aria-busy={isBusy}
      className={clsx(
        "grid grid-cols-2 border-ink border-t-[1.5px] border-l-[1.5px] transition-opacity md:grid-cols-3 lg:grid-cols-4 2xl:grid-cols-6",
        isBusy && "opacity-50",
      )}
    >
      {children}
    </ul>
  );
}

interface ProductGridProps {
  readonly label: string;
  readonly products: readonly Product[];
  /** True while these are the previous products and new ones are loading. */
  readonly isBusy?: boolean;
  /** The number of products that are in the first view of the page. Default: 0. */
  readonly inFirstView?: number;
}

/** A grid of products, with their stock if it is known. */
export function ProductGrid({ label, products, isBusy = false, inFirstView = 0 }: ProductGridProps) {
  const productIds = products.map(({ id }) => id);
  const stock = useQuery(api.inventory.batchGetStock.queryOptions(productIds.length > 0 ? { productIds } : skipToken));
  const available = new Map(stock.data?.stock.map((level) => [level.productId, level.available]));
  return (
    <Grid label={label} isBusy={isBusy}>
      {products.map((product, place) => (
        <li key={product.id} className={cell}>
          <ProductCard product={product} available={available.get(product.id)} isInFirstView={place < inFirstView} />
        </li>
      ))}
    </Grid>
  );
}

/** Holds the place of a grid. */
export function ProductGridSkeleton({ count }: { count: number }) {
  return (
    <Grid label="Products" isBusy>
      {Array.from({ length: count }, (_, place) => place).map((place) => (
        <li key={place} className={cell}>
          <ProductCardSkeleton />
        </li>
      ))}
    </Grid>
  );
}
