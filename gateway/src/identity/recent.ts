/** The values that were used last, each until its time. */
export class Recent<V> {
  readonly #entries = new Map<string, { readonly value: V; readonly untilMs: number }>();
  readonly #most: number;

  /** @param most how many are kept */
  constructor(most: number) {
    this.#most = most;
  }

  /** Returns the value of a key; undefined: there is none, or its time is over. */
  get(key: string, now: number): V | undefined {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    this.#entries.delete(key);
    if (now >= entry.untilMs) return undefined;
    this.#entries.set(key, entry);
    return entry.value;
  }

  /** Keeps a value. @param untilMs when its time is over, in milliseconds since the epoch */
  set(key: string, value: V, untilMs: number): void {
    this.#entries.delete(key);
    this.#entries.set(key, { value, untilMs });
    if (this.#entries.size <= this.#most) return;
    const [oldest = ""] = this.#entries.keys();
    this.#entries.delete(oldest);
  }

  clear(): void {
    this.#entries.clear();
  }
}
