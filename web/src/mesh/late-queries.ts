import type { Query, QueryCache } from "@tanstack/react-query";

/** How long a page waits for a response until it says so, in milliseconds. */
export const lateAfterMs = 4_000;

/**
 * Watches for queries that have neither a response nor an error for long, as if the gateway were lost.
 *
 * @param onChange is called when the first such query appears, and when there is none left
 * @returns a function that ends the watch
 */
export function watchLateQueries(cache: QueryCache, onChange: (isLate: boolean) => void): () => void {
  const timers = new Map<Query, ReturnType<typeof setTimeout>>();
  const late = new Set<Query>();
  const forget = (query: Query) => {
    clearTimeout(timers.get(query));
    timers.delete(query);
    if (late.delete(query) && late.size === 0) onChange(false);
  };
  const add = (query: Query) => {
    late.add(query);
    if (late.size === 1) onChange(true);
  };
  const look = (query: Query, isRemoved = false) => {
    const { fetchStatus, fetchFailureCount } = query.state;
    if (isRemoved || fetchStatus !== "fetching" || fetchFailureCount > 0) forget(query);
    else if (!timers.has(query)) timers.set(query, setTimeout(add, lateAfterMs, query));
  };
  for (const query of cache.getAll()) look(query);
  const unsubscribe = cache.subscribe(({ query, type }) => look(query, type === "removed"));
  return () => {
    unsubscribe();
    for (const query of timers.keys()) forget(query);
  };
}
