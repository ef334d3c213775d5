import type { Logger } from "@mesh/runtime";

/** How long rejections are counted before a line has their number, in milliseconds. */
const intervalMs = 10_000;

/** Writes the first rejection of a call immediately, and the number of those that follow every 10 s. */
export class Rejections {
  readonly #log: Logger;
  #count = 0;
  #last: { readonly use: string; readonly limit: number } | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(log: Logger) {
    this.#log = log;
  }

  /** Counts a call that is rejected. @param limit the most calls of its use that may run at the same time */
  count(use: "unary" | "streams", limit: number): void {
    this.#count += 1;
    this.#last = { use, limit };
    if (this.#timer) return;
    this.#write();
    this.#timer = setInterval(() => this.#write(), intervalMs).unref();
  }

  #write(): void {
    if (this.#count === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
      return;
    }
    const during = this.#timer ? { seconds: intervalMs / 1_000 } : {};
    this.#log.warn(
      { rejected: this.#count, ...during, ...this.#last },
      "calls are rejected: too many run at the same time",
    );
    this.#count = 0;
  }
}
