import type { Logger } from "@mesh/runtime";

/** How long further warnings of one kind are counted before a line has their number, in milliseconds. */
const intervalMs = 60_000;

/** The most kinds that are counted at a time. A flood of different ones shares the last. */
const maxKinds = 20;

/** Writes the first warning of a kind immediately, and counts the same ones of the next minute in one more line. */
export class RepeatedWarnings {
  readonly #log: Logger;
  readonly #message: string;
  readonly #counts = new Map<string, number>();

  constructor(log: Logger, message: string) {
    this.#log = log;
    this.#message = message;
  }

  /** @param attributes of the line; warnings with the same ones are of one kind */
  warn(attributes: Readonly<Record<string, string>>): void {
    const kind = JSON.stringify(attributes);
    if (this.#count(kind)) return;
    if (this.#counts.size >= maxKinds && this.#count("others")) return;
    const isOther = this.#counts.size >= maxKinds;
    this.#log.warn(attributes, this.#message);
    this.#counts.set(isOther ? "others" : kind, 0);
    setTimeout(() => this.#writeCount(isOther ? "others" : kind, isOther ? {} : attributes), intervalMs).unref();
  }

  #count(kind: string): boolean {
    const count = this.#counts.get(kind);
    if (count === undefined) return false;
    this.#counts.set(kind, count + 1);
    return true;
  }

  #writeCount(kind: string, attributes: object): void {
    const repeated = this.#counts.get(kind);
    this.#counts.delete(kind);
    if (repeated) this.#log.warn({ ...attributes, repeated, seconds: intervalMs / 1_000 }, this.#message);
  }
}
