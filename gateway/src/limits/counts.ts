/** Counts by key. A key whose count is 0 takes no memory. */
export class Counts {
  readonly #counts = new Map<string, number>();

  of(key: string): number {
    return this.#counts.get(key) ?? 0;
  }

  add(key: string, change: 1 | -1): void {
    const now = this.of(key) + change;
    if (now > 0) this.#counts.set(key, now);
    else this.#counts.delete(key);
  }
}
