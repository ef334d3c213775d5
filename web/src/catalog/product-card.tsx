import type { Product } from "@mesh/contracts/catalog/v1";
import { Link } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { Cover } from "../art/cover.tsx";
import { addToCart } from "../cart/add-to-cart.ts";
import { formatMoney } from "../money.ts";
import { Skeleton } from "../ui/skeleton.tsx";

interface ProductCardProps {
  readonly product: Product;
  /** Undefined: not known. */
  readonly available: bigint | undefined;
  readonly isInFirstView: boolean;
}

/** A product on a shelf. */
export function ProductCard({ product, available, isInFirstView }: ProductCardProps) {
  const isSoldOut = available !== undefined && available <= 0n;
  return (
    <article className="group relative flex h-full flex-col">
      <div className="overflow-hidden">
        <Cover
          id={product.id}
          name={product.name}
          category={product.category}
          imageId={product.images[0]?.id}
          isInFirstView={isInFirstView}
          className="aspect-4/5 w-full transition-transform duration-500 ease-out group-hover:scale-[1.04]"
        />
      </div>
      <div className="flex grow flex-col gap-1 p-3 sm:p-4">
        <h2 className="font-semibold text-[0.95rem] leading-snug sm:text-base">
          <Link
            to="/products/$id"
            params={{ id: product.id }}
            className="line-clamp-2 decoration-2 underline-offset-4 after:absolute after:inset-0 group-hover:underline"
          >
            {product.name}
          </Link>
        </h2>
        <div className="mt-auto flex min-h-9 items-center justify-between gap-2">
          <p className="flex flex-wrap items-baseline gap-x-2">
            <span className="tabular-nums">{formatMoney(product.price)}</span>
            <Scarcity available={available} />
          </p>
          {!isSoldOut && (
            <button
              type="button"
              aria-label={`Add ${product.name} to the cart`}
              onClick={() => addToCart(product, 1)}
              className="relative flex h-9 shrink-0 items-center gap-1 rounded-full border-[1.5px] border-ink pr-3 pl-2 font-semibold text-sm transition-colors hover:bg-ink hover:text-paper"
            >
              <Plus aria-hidden="true" className="size-4" />
              Add
            </button>
          )}
        </div>
      </div>
    </article>
  );
}

function Scarcity({ available }: { available: bigint | undefined }) {
  if (available === undefined || available > 5n) return null;
  return <span className="label text-alarm">{available > 0n ? `last ${available}` : "sold out"}</span>;
}

/** Holds the place of a product on a shelf. */
export function ProductCardSkeleton() {
  return (
    <div className="h-full">
      <Skeleton className="aspect-4/5 w-full rounded-none" />
      <div className="flex flex-col gap-3 p-3 sm:p-4">
        <Skeleton className="h-4 w-4/5" />
        <Skeleton className="mt-2 h-4 w-1/3" />
      </div>
    </div>
  );
}
