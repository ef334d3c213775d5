import { Link, useRouterState } from "@tanstack/react-router";
import { ArrowLeft, ArrowRight } from "lucide-react";
import { formatCount } from "../numbers.ts";
import { button } from "../ui/button.ts";
import { type CatalogSearch, pageSize } from "./search.ts";

interface PagerProps {
  readonly search: CatalogSearch;
  /** Empty: this is the last page. */
  readonly nextToken: string;
  /** The number of products on all pages. */
  readonly total: bigint;
}

/**
 * Links to the next and the previous page. A page token only leads forward, so the way back is stored in the history's
 * state, which survives a reload. A visitor who opens a shared link has no such state and returns to the first page.
 */
export function Pager({ search: { token, page = 1, ...search }, nextToken, total }: PagerProps) {
  const trail = useRouterState({ select: ({ location }) => location.state.trail ?? [] });
  const pages = (total + BigInt(pageSize) - 1n) / BigInt(pageSize);
  if (token === undefined && nextToken === "") return null;
  const before = trail.at(-1);
  return (
    <nav aria-label="Pages" className="mt-8 flex items-center justify-between gap-3">
      {token === undefined ? (
        <span className="w-11 sm:w-32" />
      ) : (
        <Link
          to="/"
          search={{ ...search, ...(before && { token: before, page: page - 1 }) }}
          state={{ trail: trail.slice(0, -1) }}
          rel="prev"
          className={button("line")}
        >
          <ArrowLeft aria-hidden="true" className="size-5" />
          <span>{before || page <= 2 ? "Previous page" : "First page"}</span>
        </Link>
      )}
      <p className="tabular-nums">
        Page {formatCount(page)} of {formatCount(pages)}
      </p>
      {nextToken === "" ? (
        <span className="w-11 sm:w-32" />
      ) : (
        <Link
          to="/"
          search={{ ...search, token: nextToken, page: page + 1 }}
          state={{ trail: token === undefined ? [] : [...trail, token] }}
          rel="next"
          className={button("line")}
        >
          <span>Next page</span>
          <ArrowRight aria-hidden="true" className="size-5" />
        </Link>
      )}
    </nav>
  );
}
