// Calls come and go thousands of times a second. V8 makes a new table for a Map or Set whenever it grows or shrinks, and
// each old table refers to the next one: once one is in the old generation, all later ones stay in memory, with what was in
// them, until the next full collection. So open calls are kept in arrays, whose places are cleared.

/** What a list keeps. */
interface Listed {
  /** Its place in the list, which sets it; -1: it is in none. */
  at: number;
}

/** The open calls, in any order. */
export class OpenCalls<T extends Listed> {
  readonly #places: (T | undefined)[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(call: T): void {
    call.at = this.#size;
    this.#places[this.#size] = call;
    this.#size += 1;
  }

  /** Removes a call, if it is in the list. */
  remove(call: T): void {
    if (call.at < 0) return;
    this.#size -= 1;
    const last = this.#places[this.#size];
    this.#places[this.#size] = undefined;
    if (last && last !== call) {
      this.#places[call.at] = last;
      last.at = call.at;
    }
    call.at = -1;
  }

  /** A copy of the list. */
  all(): T[] {
    return this.#places.filter((call) => call !== undefined);
  }
}

/** What a table keeps. */
interface Numbered<T> {
  readonly id: number;
  /** The next call of the table in the same place, which the table sets. */
  next: T | undefined;
}

/** The places of a table: enough for those that have one call each to be usual. */
const places = 1_024;

/** The open calls by their id. */
export class CallTable<T extends Numbered<T>> {
  readonly #first = new Array<T | undefined>(places).fill(undefined);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(id: number): T | undefined {
    let call = this.#first[id % places];
    while (call && call.id !== id) call = call.next;
    return call;
  }

  /** Adds a call; none of the table has its id. */
  add(call: T): void {
    const place = call.id % places;
    call.next = this.#first[place];
    this.#first[place] = call;
    this.#size += 1;
  }

  /** Removes the call with an id. Returns it; undefined: there is none. */
  remove(id: number): T | undefined {
    const place = id % places;
    let before: T | undefined;
    let call = this.#first[place];
    while (call && call.id !== id) {
      before = call;
      call = call.next;
    }
    if (!call) return undefined;
    if (before) before.next = call.next;
    else this.#first[place] = call.next;
    call.next = undefined;
    this.#size -= 1;
    return call;
  }

  /** Removes all calls. Returns them. */
  clear(): T[] {
    const all = this.all();
    for (const call of all) call.next = undefined;
    this.#first.fill(undefined);
    this.#size = 0;
    return all;
  }

  /** A copy of the list of calls. */
  all(): T[] {
    const all: T[] = [];
    for (const first of this.#first) {
      for (let call = first; call; call = call.next) all.push(call);
    }
    return all;
  }
}
