/** The most texts that have a name: each connection keeps a plan of about 20 kB for each. */
const maxNames = 200;

/** The longest text that gets a name, in characters. Longer ones have many values, so their number differs each time. */
const maxLength = 4_000;

/** The most texts that are counted. */
const maxCounted = 1_000;

/** The number of uses from which on a text has a name. */
const minUses = 3;

/**
 * Names statements that come again, so that PostgreSQL parses and plans each once per connection instead of each time.
 */
export class StatementNames {
  readonly #names = new Map<string, string>();
  readonly #uses = new Map<string, number>();

  /** Returns the name of a statement; undefined: it has none so far. */
  nameOf(text: string): string | undefined {
    return this.#names.get(text) ?? this.#count(text);
  }

  #count(text: string): string | undefined {
    if (this.#names.size >= maxNames || text.length > maxLength) return undefined;
    const uses = (this.#uses.get(text) ?? 0) + 1;
    if (uses < minUses) {
      if (this.#uses.size >= maxCounted) this.#uses.clear();
      this.#uses.set(text, uses);
      return undefined;
    }
    this.#uses.delete(text);
    const name = `mesh_${this.#names.size + 1}`;
    this.#names.set(text, name);
    return name;
  }
}
