import { LRUCache } from "lru-cache";
import { Flight } from "./flight.ts";

/** The bounds of a cache. */
export interface CacheBounds {
  readonly maxEntries: number;
  /** The sum of the sizes that its loads report. A value of more than a sixteenth of it is not kept. */
  readonly maxBytes: number;
}

/** A value to keep, and its size. */
export interface Loaded<V> {
  readonly value: V;
  readonly bytes: number;
  /** The longest that it is kept, in milliseconds, if that is less than in the request. 0: it is not kept. */
  readonly ttlMs?: number;
}

/** What is looked up. */
export interface CacheRequest {
  /** What is forgotten together, such as the responses of one method. */
  readonly group: string;
  /** The name of the value within the group. */
  readonly key: string;
  /** The longest that the value is kept, in milliseconds. */
  readonly ttlMs: number;
  /** Aborts when the caller leaves. The load goes on as long as one caller waits for it. */
  readonly signal: AbortSignal;
}

/** How often values were looked up. */
export interface CacheCounts {
  /** They were known. */
  hits: number;
  /** They were not, and were loaded, or another request was loading them. */
  misses: number;
}

/**
 * Values in memory, bounded by number and size, the least recently used being dropped first. Equal requests that are open at
 * the same time share one load. A value that was loaded before its group was forgotten is never returned afterwards, however
 * late its load ends. Errors are not kept.
 *
 * @example
 * ```ts
 * import { MemoryCache } from "@mesh/runtime";
 *
 * const cache = new MemoryCache<string>({ maxEntries: 1_000, maxBytes: 1024 * 1024 });
 * const request = { group: "names", key: "1", ttlMs: 5_000, signal: AbortSignal.timeout(1_000) };
 * const name = await cache.get(request, async () => ({ value: "Ada", bytes: 3 }));
 * cache.forget("names");
 * ```
 */
export class MemoryCache<V extends object | string> {
  readonly #values: LRUCache<string, V>;
  readonly #flights = new Map<string, Flight<V>>();
  /** How often a group was forgotten. It is part of every key. */
  readonly #generations = new Map<string, number>();
  readonly #suspended = new Set<string>();
  readonly #counts = new Map<string, CacheCounts>();

  constructor({ maxEntries, maxBytes }: CacheBounds) {
    this.#values = new LRUCache({ max: maxEntries, maxSize: maxBytes, maxEntrySize: Math.ceil(maxBytes / 16) });
  }

  /** The number of values, with those that are forgotten but not dropped yet. */
  get size(): number {
    return this.#values.size;
  }

  /** How often values were looked up by `get`, by their groups. */
  get counts(): ReadonlyMap<string, Readonly<CacheCounts>> {
    return this.#counts;
  }

  /** Returns a value, and loads it if there is none. @throws the error of the load, or the signal's reason */
  async get(request: CacheRequest, load: (signal: AbortSignal) => Promise<Loaded<V>>): Promise<V> {
    const { group, signal } = request;
    const key = this.#keyOf(request);
    const known = this.#suspended.has(group) ? undefined : this.#values.get(key);
    this.#count(group, known !== undefined);
    if (known !== undefined) return known;
    const open = this.#flights.get(key);
    if (open) return open.join(signal);
    const isOpen = () => this.#flights.get(key) === flight;
    const flight: Flight<V> = new Flight(
      (left) => this.#load(request, key, () => load(left), isOpen),
      () => {
        if (isOpen()) this.#flights.delete(key);
      },
    );
    this.#flights.set(key, flight);
    return flight.join(signal);
  }

  /** Returns a value that is known now. It counts as a look-up only if there is one, because `get` follows otherwise. */
  peek(request: Pick<CacheRequest, "group" | "key">): V | undefined {
    const known = this.#suspended.has(request.group) ? undefined : this.#values.get(this.#keyOf(request));
    if (known !== undefined) this.#count(request.group, true);
    return known;
  }

  /** Forgets the values of a group, and those that are being loaded. */
  forget(group: string): void {
    this.#generations.set(group, this.#generation(group) + 1);
  }

  /** Forgets one value, also if it is being loaded. */
  forgetOne(request: Pick<CacheRequest, "group" | "key">): void {
    const key = this.#keyOf(request);
    this.#values.delete(key);
    this.#flights.delete(key);
  }

  /** Forgets the values of a group, and keeps none until `resume`. */
  suspend(group: string): void {
    this.#suspended.add(group);
    this.forget(group);
  }

  /** Keeps values of a group again, of loads that begin from now on. */
  resume(group: string): void {
    this.forget(group);
    this.#suspended.delete(group);
  }

  async #load(
    { group, ttlMs }: CacheRequest,
    key: string,
    load: () => Promise<Loaded<V>>,
    isOpen: () => boolean,
  ): Promise<V> {
    const generation = this.#generation(group);
    const { value, bytes, ttlMs: ownMs = ttlMs } = await load();
    const isCurrent = isOpen() && !this.#suspended.has(group) && generation === this.#generation(group);
    if (isCurrent && ownMs > 0)
      this.#values.set(key, value, { ttl: Math.min(ttlMs, ownMs), size: Math.max(1, Math.ceil(bytes)) });
    return value;
  }

  #count(group: string, isHit: boolean): void {
    let counts = this.#counts.get(group);
    if (!counts) {
      counts = { hits: 0, misses: 0 };
      this.#counts.set(group, counts);
    }
    if (isHit) counts.hits += 1;
    else counts.misses += 1;
  }

  #keyOf({ group, key }: Pick<CacheRequest, "group" | "key">): string {
    return `${group}\n${this.#generation(group)}\n${key}`;
  }

  #generation(group: string): number {
    return this.#generations.get(group) ?? 0;
  }
}
