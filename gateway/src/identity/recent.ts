interface Entry<V> {
  readonly value: V;
  readonly untilMs: number;
}

/** The values that were used last, each until its time. */
export class Recent<V> {
  readonly #half: number;
  /** The values that were used since the other half was dropped, which are at most half of all. */
  #young = new Map<string, Entry<V>>();
  #old = new Map<string, Entry<V>>();

  /** @param most how many are kept at most, of which half are those that were used last */
  constructor(most: number) {
    this.#half = Math.ceil(most / 2);
  }

  /** Returns the value of a key; undefined: there is none, or its time is over. */
  get(key: string, now: number): V | undefined {
    const young = this.#young.get(key);
    const entry = young ?? this.#old.get(key);
    if (!entry || now >= entry.untilMs) return undefined;
    if (!young) this.#add(key, entry);
    return entry.value;
  }

  /** Keeps a value. @param untilMs when its time is over, in milliseconds since the epoch */
  set(key: string, value: V, untilMs: number): void {
    this.#add(key, { value, untilMs });
  }

  clear(): void {
    this.#young.clear();
    this.#old.clear();
  }

  #add(key: string, entry: Entry<V>): void {
    if (this.#young.size >= this.#half && !this.#young.has(key)) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, entry);
  }
}
