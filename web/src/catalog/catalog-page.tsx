import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link, useSearch } from "@tanstack/react-router";
import { Cover } from "../art/cover.tsx";
import { api } from "../mesh/client.ts";
import { QueryNotice } from "../mesh/query-notice.tsx";
import { plural } from "../numbers.ts";
import { useMay } from "../session/session-query.ts";
import { button } from "../ui/button.ts";
import { type Shelf, shelfBySlug } from "./categories.ts";
import { CategoryBar } from "./category-bar.tsx";
import { StaffImport } from "./import/staff-import.tsx";
import { Pager } from "./pager.tsx";
import { ProductGrid, ProductGridSkeleton } from "./product-grid.tsx";
import { type CatalogSearch, pageSize, requestOf } from "./search.ts";

/** The products in the first view of a wide screen: the first row and the upper part of the second. */
const inFirstView = 8;

/** All products: by shelf, by words, a page at a time. */
export function CatalogPage() {
  const search = useSearch({ from: "/" });
  const shelf = shelfBySlug(search.category);
  const mayImport = useMay("catalog:write");
  const list = useQuery(
    api.catalog.listProducts.queryOptions(requestOf(search), { placeholderData: keepPreviousData }),
  );
  const title = search.q ? `“${search.q}”` : (shelf?.name ?? "Everything");
  return (
    <div className="gutter">
      <title>{search.q || shelf ? `${title} · Heddle` : "Heddle, a general store"}</title>
      <Masthead title={title} total={list.data?.totalSize} isSearch={search.q !== undefined} shelf={shelf} />
      <CategoryBar search={search} />
      <div className="mt-4">
        <QueryNotice query={list} className="mb-4" />
        {list.data ? (
          <Results search={search} list={list.data} isBusy={list.isPlaceholderData} />
        ) : (
          !list.isError && <ProductGridSkeleton count={pageSize} />
        )}
      </div>
      {mayImport && (
        <div className="mt-10">
          <StaffImport />
        </div>
      )}
    </div>
  );
}

interface MastheadProps {
  readonly title: string;
  readonly total: bigint | undefined;
  readonly isSearch: boolean;
  readonly shelf: Shelf | undefined;
}

function Masthead({ title, total, isSearch, shelf }: MastheadProps) {
  const where = isSearch && shelf ? ` in ${shelf.name}` : "";
  return (
    <div className="flex flex-wrap items-end justify-between gap-x-12 gap-y-4 pt-6 pb-5 md:pt-10 md:pb-8">
      <div className="flex min-w-0 items-start gap-[0.12em] text-[clamp(3.25rem,11vw,9rem)]">
        <h1 className="wrap-anywhere min-w-0 display">{title}</h1>
        <p role="status" className="shrink-0 font-medium text-[0.22em] text-soft leading-none">
          {total !== undefined && `${plural(total, isSearch ? "result" : "product")}${where}`}
        </p>
      </div>
      {!isSearch && (
        <p className="max-w-[34ch] pb-2 text-lg text-soft leading-snug max-md:hidden">
          An example shop on four services. Order something: nothing is charged or sent.
        </p>
      )}
    </div>
  );
}

interface ResultsProps {
  readonly search: CatalogSearch;
  readonly list: {
    readonly products: Parameters<typeof ProductGrid>[0]["products"];
    readonly nextPageToken: string;
    readonly totalSize: bigint;
  };
  readonly isBusy: boolean;
}

function Results({ search, list, isBusy }: ResultsProps) {
  if (list.products.length === 0) return <NoResults search={search} />;
  return (
    <>
      <ProductGrid label="Products" products={list.products} isBusy={isBusy} inFirstView={inFirstView} />
      {!isBusy && <Pager search={search} nextToken={list.nextPageToken} total={list.totalSize} />}
    </>
  );
}

function NoResults({ search: { q, category } }: { search: CatalogSearch }) {
  return (
    <div className="flex flex-wrap items-center gap-8 border-ink border-t-[1.5px] py-12">
      <Cover id="nothing-here" name="Mirror" category={shelfBySlug(category)?.category} className="w-36" />
      <div>
        <h2 className="text-3xl display">No results</h2>
        <p className="mt-3 max-w-[44ch] text-lg text-soft">
          We look for products with all of your words in their name or description. Try fewer words.
        </p>
        <div className="mt-6 flex flex-wrap gap-3">
          {category && (
            <Link to="/" search={q ? { q } : {}} className={button("solid")}>
              Search everywhere
            </Link>
          )}
          <Link to="/" className={button("line")}>
            Show everything
          </Link>
        </div>
      </div>
    </div>
  );
}
