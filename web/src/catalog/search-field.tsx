import { useNavigate, useSearch } from "@tanstack/react-router";
import { Search, X } from "lucide-react";
import { type FormEvent, useEffect, useId, useRef, useState } from "react";
import { type CatalogSearch, maxQueryLength } from "./search.ts";

/** The pause in typing before a search starts, in milliseconds. */
const pauseMs = 250;

/** The search of every page: it searches as one types, and leads to the catalog from anywhere. */
export function SearchField() {
  const { q = "" } = useSearch({ strict: false });
  const [text, setText] = useState(q);
  const search = useSearchNavigation();
  const waiting = useRef<ReturnType<typeof setTimeout>>(undefined);
  const id = useId();

  // Back, forward and "clear" change the address behind the field's back; what is being typed is ahead of it.
  useEffect(() => {
    if (waiting.current === undefined) setText(q);
  }, [q]);
  useEffect(() => () => clearTimeout(waiting.current), []);

  function searchNow(next: string) {
    clearTimeout(waiting.current);
    waiting.current = undefined;
    search(next);
  }

  function type(next: string) {
    setText(next);
    clearTimeout(waiting.current);
    waiting.current = setTimeout(() => searchNow(next), pauseMs);
  }

  function submit(event: FormEvent) {
    event.preventDefault();
    searchNow(text);
  }

  return (
    <search>
      <form
        onSubmit={submit}
        className="flex items-center gap-2 rounded-full border-[1.5px] border-ink bg-sheet pr-1 pl-4 focus-within:outline-3 focus-within:outline-[#7c5cff] focus-within:outline-offset-2"
      >
        <Search aria-hidden="true" className="size-5 shrink-0 text-soft" />
        <label htmlFor={id} className="sr-only">
          Search the catalogue
        </label>
        <input
          id={id}
          type="search"
          value={text}
          onChange={(event) => type(event.target.value)}
          maxLength={maxQueryLength}
          placeholder="Search 5,000 products"
          autoComplete="off"
          className="h-10 min-w-0 grow appearance-none bg-transparent outline-none placeholder:text-soft [&::-webkit-search-cancel-button]:hidden"
        />
        <button
          type="button"
          onClick={() => {
            setText("");
            searchNow("");
          }}
          className="grid size-9 place-items-center rounded-full hover:bg-lilac hover:text-on-lilac data-hidden:invisible"
          data-hidden={text === "" || undefined}
          aria-label="Clear the search"
        >
          <X aria-hidden="true" className="size-4" />
        </button>
      </form>
    </search>
  );
}

function useSearchNavigation() {
  const navigate = useNavigate();
  const { q: current, category } = useSearch({ strict: false });
  return (text: string) => {
    const q = text.trim();
    if (q === (current ?? "")) return;
    const next: CatalogSearch = { ...(q && { q }), ...(category && { category }) };
    // Going back should undo a search, not a letter.
    void navigate({ to: "/", search: next, replace: current !== undefined && q !== "" });
  };
}
