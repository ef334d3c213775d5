import { Link } from "@tanstack/react-router";
import { LayoutGrid, type LucideIcon } from "lucide-react";
import { shelves } from "./categories.ts";
import type { CatalogSearch } from "./search.ts";

const title = "categories";

/** Leads from shelf to shelf; a search goes along. */
export function CategoryBar({ search: { q, category } }: { search: CatalogSearch }) {
  const words = q === undefined ? {} : { q };
  return (
    <nav aria-labelledby={title}>
      <h2 id={title} className="label mb-1 font-semibold md:sr-only">
        Categories
      </h2>
      <ul className="bleed flex gap-2 overflow-x-auto py-1 [scrollbar-width:none] max-sm:flex-wrap max-sm:gap-1.5">
        <Shelf name="Everything" icon={LayoutGrid} isChosen={category === undefined} search={words} />
        {shelves.map(({ slug, name, icon }) => (
          <Shelf
            key={slug}
            name={name}
            icon={icon}
            isChosen={slug === category}
            search={{ ...words, category: slug }}
          />
        ))}
      </ul>
    </nav>
  );
}

interface ShelfProps {
  readonly name: string;
  readonly icon: LucideIcon;
  readonly isChosen: boolean;
  readonly search: CatalogSearch;
}

function Shelf({ name, icon: Icon, isChosen, search }: ShelfProps) {
  return (
    <li>
      <Link
        to="/"
        search={search}
        resetScroll={false}
        activeOptions={{ exact: true, includeSearch: true }}
        aria-current={isChosen ? "page" : undefined}
        className="flex min-h-11 items-center gap-2 rounded-full border-[1.5px] border-ink px-4 font-semibold max-sm:gap-1.5 max-sm:px-2.5 max-sm:text-sm transition-colors hover:bg-ink hover:text-paper aria-[current=page]:bg-lilac aria-[current=page]:text-on-lilac"
      >
        <Icon aria-hidden="true" className="size-[1.1rem]" />
        {name}
      </Link>
    </li>
  );
}
