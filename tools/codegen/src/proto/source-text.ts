/** Collects lines of source, indented by block. */
export class SourceText {
  readonly #lines: string[] = [];
  #depth = 0;

  /** Adds a line. A text of several lines keeps its inner indentation. */
  line(text: string): void {
    for (const line of text.split("\n")) this.#lines.push(line ? "  ".repeat(this.#depth) + line : "");
  }

  lines(texts: readonly string[]): void {
    for (const text of texts) this.line(text);
  }

  /** Adds `head {`, the indented lines that `body` adds, and `}`. */
  block(head: string, body: () => void): void {
    this.line(`${head} {`);
    this.#depth += 1;
    body();
    this.#depth -= 1;
    this.line("}");
  }

  toString(): string {
    return `${this.#lines.join("\n")}\n`;
  }
}
