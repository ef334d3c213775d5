import { useEffect, useState } from "preact/hooks";

const base = "/console";

/** An address of the page. */
export interface Place {
  /** The name of the view. */
  readonly view: string;
  /** What the view shows; empty: its list. */
  readonly id: string;
  readonly query: URLSearchParams;
}

/** Returns the path of a place. Parameters that are undefined or empty are left out. */
export function pathOf(view: string, id = "", query: Readonly<Record<string, string | undefined>> = {}): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => Boolean(entry[1]));
  const text = new URLSearchParams(given).toString();
  return [base, view, encodeURIComponent(id)].filter(Boolean).join("/") + (text && `?${text}`);
}

/** Goes to a path of the page. @param isReplaced whether the current place leaves the history */
export function go(path: string, isReplaced = false): void {
  if (isReplaced) history.replaceState(null, "", path);
  else history.pushState(null, "", path);
  dispatchEvent(new PopStateEvent("popstate"));
  if (!isReplaced) scrollTo(0, 0);
}

/** Changes parameters of the current place. */
export function setQuery(changes: Readonly<Record<string, string | undefined>>): void {
  const { view, id, query } = placeNow();
  go(pathOf(view, id, { ...Object.fromEntries(query), ...changes }), true);
}

/** Returns the place that the browser shows, and follows links within the page without loading it again. */
export function usePlace(): Place {
  const [place, setPlace] = useState(placeNow);
  useEffect(() => {
    const update = () => setPlace(placeNow());
    addEventListener("popstate", update);
    document.addEventListener("click", follow);
    return () => {
      removeEventListener("popstate", update);
      document.removeEventListener("click", follow);
    };
  }, []);
  return place;
}

function placeNow(): Place {
  const [view = "services", id = ""] = location.pathname.slice(base.length).split("/").filter(Boolean);
  return { view, id: decodeURIComponent(id), query: new URLSearchParams(location.search) };
}

function follow(event: MouseEvent): void {
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  const isPlain = event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
  if (!link || !isPlain || link.target || !link.pathname.startsWith(base) || link.origin !== location.origin) return;
  event.preventDefault();
  go(link.pathname + link.search);
}
