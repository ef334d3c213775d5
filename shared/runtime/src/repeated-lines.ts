/** How long equal lines are counted before one has their number, in milliseconds. */
const intervalMs = 10_000;

/**
 * Writes a line.
 *
 * @param times how often it would have been written
 * @param seconds the time since the last one of its kind; undefined: it is the first
 */
type WriteLine = (times: number, seconds?: number) => void;

/**
 * Writes the first of equal log lines immediately, and the number of those that follow every 10 s.
 *
 * @example
 * ```ts
 * import { createLogger, RepeatedLines } from "@mesh/runtime";
 *
 * const log = createLogger({ name: "notes", level: "silent" });
 * const lines = new RepeatedLines();
 * lines.count("full", (times) => log.warn({ times }, "there is no room"));
 * ```
 */
export class RepeatedLines {
  readonly #kinds = new Map<string, { times: number; write: WriteLine }>();
  #timer: NodeJS.Timeout | undefined;

  /**
   * Counts a line.
   *
   * @param kind lines of the same kind are equal; one of a fixed list, since each takes memory for up to 20 s
   */
  count(kind: string, write: WriteLine): void {
    const known = this.#kinds.get(kind);
    if (known) {
      known.times += 1;
      known.write = write;
      return;
    }
    this.#kinds.set(kind, { times: 0, write });
    write(1);
    this.#timer ??= setInterval(() => this.#writeCounts(), intervalMs).unref();
  }

  #writeCounts(): void {
    for (const [kind, line] of this.#kinds) {
      if (line.times === 0) this.#kinds.delete(kind);
      else line.write(line.times, intervalMs / 1_000);
      line.times = 0;
    }
    if (this.#kinds.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
