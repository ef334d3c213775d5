import { type Logger, RepeatedLines } from "@mesh/runtime";

/** Writes the first rejection of a call immediately, and the number of those that follow every 10 s. */
export class Rejections {
  readonly #log: Logger;
  readonly #lines = new RepeatedLines();

  constructor(log: Logger) {
    this.#log = log;
  }

  /** Counts a call that is rejected. @param limit the most calls of its use that may run at the same time */
  count(use: "unary" | "streams", limit: number): void {
    this.#lines.count("rejection", (rejected, seconds) => {
      const during = seconds === undefined ? {} : { seconds };
      this.#log.warn({ rejected, ...during, use, limit }, "calls are rejected: too many run at the same time");
    });
  }
}
