import type { MemoryCache } from "../cache/memory-cache.ts";
import { Metering, Observed } from "./metering.ts";

/** A cache and its name in metrics. */
interface ObservedCache {
  readonly name: string;
  readonly cache: Pick<MemoryCache<object>, "counts">;
}

/** Makes the instruments of caches, which are read when metrics are collected. */
const metering = new Metering("@mesh/runtime", (meter) => {
  const lookups = meter.createObservableCounter("typemesh.cache.lookups", {
    description: "Values that were looked up in a cache, by whether they were known.",
    unit: "{lookup}",
  });
  lookups.addCallback((result) => {
    for (const { name, cache } of caches) {
      for (const [group, { hits, misses }] of cache.counts) {
        const attributes = { "typemesh.cache.name": name, "typemesh.cache.group": group };
        result.observe(hits, { ...attributes, "typemesh.cache.result": "hit" });
        result.observe(misses, { ...attributes, "typemesh.cache.result": "miss" });
      }
    }
  });
  return {};
});

/** The caches of this process. */
const caches = new Observed<ObservedCache>(metering);

/**
 * Has the look-ups of a cache read when metrics are collected. Returns a function that ends this.
 *
 * @param name that of the cache in the process. The groups of its values must be of a fixed list
 *
 * @example
 * ```ts
 * import { MemoryCache, observeCache } from "@mesh/runtime";
 *
 * const cache = new MemoryCache<string>({ maxEntries: 1_000, maxBytes: 1024 * 1024 });
 * const forget = observeCache("names", cache);
 * forget();
 * ```
 */
export function observeCache(name: string, cache: ObservedCache["cache"]): () => void {
  return caches.add({ name, cache });
}
