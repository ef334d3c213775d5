// Calls come and go thousands of times a second. V8 makes a new table for a Map or Set whenever it grows or shrinks, and
// each old table refers to the next one: once one is in the old generation, all later ones stay in memory, with what was in
// them, until the next full collection. So open calls are kept in arrays.

/** What a list keeps. */
interface Listed {
  /** Its place in the list, which sets it; -1: it is in none. */
  at: number;
}

/** The open calls, in any order. */
export class OpenCalls<T extends Listed> {
  readonly #calls: T[] = [];

  add(call: T): void {
    call.at = this.#calls.length;
    this.#calls.push(call);
  }

  /** Removes a call, if it is in the list. */
  remove(call: T): void {
    if (call.at < 0) return;
    const last = this.#calls.pop();
    if (last && last !== call) {
      this.#calls[call.at] = last;
      last.at = call.at;
    }
    call.at = -1;
  }

  /** A copy of the list. */
  all(): T[] {
    return [...this.#calls];
  }
}

/** What a table keeps. */
interface Numbered {
  readonly id: number;
}

/** The buckets of a table: enough for those that have one call each to be usual. */
const buckets = 1_024;

/** The open calls by their id. */
export class CallTable<T extends Numbered> {
  readonly #buckets = new Array<T[] | undefined>(buckets).fill(undefined);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(id: number): T | undefined {
    const bucket = this.#buckets[id % buckets];
    if (bucket) for (const call of bucket) if (call.id === id) return call;
    return undefined;
  }

  /** Adds a call; none of the table has its id. */
  add(call: T): void {
    const at = call.id % buckets;
    const bucket = this.#buckets[at];
    if (bucket) bucket.push(call);
    else this.#buckets[at] = [call];
    this.#size += 1;
  }

  /** Removes the call with an id. Returns it; undefined: there is none. */
  remove(id: number): T | undefined {
    const bucket = this.#buckets[id % buckets];
    const call = this.get(id);
    if (!bucket || !call) return undefined;
    const last = bucket.pop();
    if (last && last !== call) bucket[bucket.indexOf(call)] = last;
    this.#size -= 1;
    return call;
  }

  /** Removes all calls. Returns them. */
  clear(): T[] {
    const all = this.#buckets.flatMap((bucket) => bucket?.splice(0) ?? []);
    this.#size = 0;
    return all;
  }

  /** A copy of the list of calls. */
  all(): T[] {
    return this.#buckets.flatMap((bucket) => bucket ?? []);
  }
}
