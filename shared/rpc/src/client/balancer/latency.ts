/** The time in which a latency falls by two thirds if there are no responses, in milliseconds. */
const decayMs = 10_000;

/** What one response counts at least if it is faster, and if it is slower. */
const weights = { faster: 1 / 32, slower: 1 / 8 };

/** The first responses, which are often slow. Only the fastest of them counts. */
const warmUp = 10;

/** The usual time of a response: a peak EWMA, which rises quickly and falls slowly. Times are those of `performance.now()`. */
export class Latency {
  #ms = 0;
  #at = 0;
  #responses = 0;
  #fastest = Number.POSITIVE_INFINITY;

  /** Returns the usual time in milliseconds. Without responses it falls, so that a slow replica is tried again. */
  at(now: number): number {
    return this.#ms * Math.exp((this.#at - now) / decayMs);
  }

  /** Assumes a time until responses show it. */
  assume(ms: number, now: number): void {
    this.#ms = ms;
    this.#at = now;
    this.#responses = 0;
    this.#fastest = Number.POSITIVE_INFINITY;
  }

  /** Takes the time of a response. */
  observe(ms: number, now: number): void {
    this.#responses += 1;
    if (this.#responses < warmUp) this.#fastest = Math.min(this.#fastest, ms);
    else if (this.#responses === warmUp) this.#set(Math.min(this.#fastest, ms), now);
    else this.#average(ms, now);
  }

  /** Takes the time that a call has waited in vain. */
  raise(ms: number, now: number): void {
    if (ms > this.at(now)) this.#average(ms, now);
  }

  #average(ms: number, now: number): void {
    const kept = Math.exp((this.#at - now) / decayMs);
    const known = this.#ms * kept;
    const weight = ms > known ? weights.slower : weights.faster;
    this.#set(known + (ms - known) * Math.max(weight, 1 - kept), now);
  }

  #set(ms: number, now: number): void {
    this.#ms = ms;
    this.#at = now;
  }
}
