import type { Product } from "@mesh/contracts/catalog/v1";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { type Shelf, shelfOf } from "../catalog/categories.ts";
import { formatDay } from "../dates.ts";
import { NotFoundPage } from "../layout/not-found-page.tsx";
import { api } from "../mesh/client.ts";
import { isMissing } from "../mesh/failure.ts";
import { QueryNotice } from "../mesh/query-notice.tsx";
import { formatMoney } from "../money.ts";
import { shortId } from "../numbers.ts";
import { useMay } from "../session/session-query.ts";
import { Skeleton } from "../ui/skeleton.tsx";
import { BuyForm } from "./buy-form.tsx";
import { Gallery } from "./images/gallery.tsx";
import { StaffImages } from "./images/staff-images.tsx";
import { SameShelf } from "./same-shelf.tsx";

/** One product. */
export function ProductPage() {
  const { id } = useParams({ from: "/products/$id" });
  const query = useQuery(api.catalog.getProduct.queryOptions({ id }));
  const product = query.data?.product;
  if (query.error && isMissing(query.error)) return <NotFoundPage what="product" />;
  return (
    <div className="gutter pt-6">
      <QueryNotice query={query} className="mb-6" />
      {product ? <Details key={product.id} product={product} /> : !query.isError && <DetailsSkeleton />}
    </div>
  );
}

const columns = "grid gap-8 md:grid-cols-[minmax(0,5fr)_minmax(0,6fr)] md:gap-12 lg:gap-20";

function Details({ product }: { product: Product }) {
  const shelf = shelfOf(product.category);
  const mayChangeImages = useMay("catalog:write");
  return (
    <>
      <title>{`${product.name} · Heddle`}</title>
      <article className={columns}>
        <Gallery product={product} />
        <div className="min-w-0 max-w-2xl md:py-6">
          <Shelfmark shelf={shelf} />
          <h1 className="mt-4 wrap-anywhere text-[clamp(2.5rem,5.2vw,4.75rem)] display">{product.name}</h1>
          <p className="mt-6 font-semibold text-3xl tabular-nums tracking-tight">{formatMoney(product.price)}</p>
          <p className="mt-5 mb-8 max-w-[56ch] whitespace-pre-line text-lg leading-relaxed">{product.description}</p>
          <BuyForm product={product} />
          {mayChangeImages && (
            <div className="mt-6">
              <StaffImages product={product} />
            </div>
          )}
          <Facts product={product} />
        </div>
      </article>
      {shelf && <SameShelf shelf={shelf} exceptId={product.id} />}
    </>
  );
}

function Shelfmark({ shelf }: { shelf: Shelf | undefined }) {
  return (
    <nav aria-label="Breadcrumb" className="label">
      <ol className="flex gap-2">
        <li>
          <Link to="/" className="underline underline-offset-4">
            Everything
          </Link>
        </li>
        {shelf && (
          <li className="before:mr-2 before:text-soft before:content-['/']">
            <Link to="/" search={{ category: shelf.slug }} className="underline underline-offset-4">
              {shelf.name}
            </Link>
          </li>
        )}
      </ol>
    </nav>
  );
}

function Facts({ product: { id, createdAt, revision } }: { product: Product }) {
  return (
    <dl className="label mt-10 grid max-w-md grid-cols-[auto_1fr] gap-x-8 gap-y-2 border-rule border-t-[1.5px] pt-4">
      <dt className="text-soft">Product number</dt>
      <dd className="tabular-nums">{shortId(id)}</dd>
      {createdAt && (
        <>
          <dt className="text-soft">Available since</dt>
          <dd>{formatDay(createdAt)}</dd>
        </>
      )}
      <dt className="text-soft">Revision</dt>
      <dd>{String(revision)}</dd>
    </dl>
  );
}

function DetailsSkeleton() {
  return (
    <div className={columns}>
      <Skeleton className="aspect-4/5 max-h-[76vh] w-full rounded-none" />
      <div className="grid content-start gap-6 md:py-6">
        <Skeleton className="h-4 w-40" />
        <Skeleton className="h-16 w-4/5" />
        <Skeleton className="h-8 w-32" />
        <Skeleton className="h-24 w-full max-w-xl" />
      </div>
    </div>
  );
}
