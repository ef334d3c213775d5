import type { Measured } from "./usual-durations.ts";

/**
 * How many calls that run at the same time, and are slower than usual by how much, show that the process has enough to do. At first
 * more must run: a few callers that wait for each response are no overload, even while a process that has just started is slow.
 */
const enough = { running: 8, atFirst: 32, slowdown: 1.5, pressure: 0.4 };

/** The windows in a row that must show it: a pause of the process alone is no overload. */
const enoughWindows = 2;

/** For how long this counts, in milliseconds. */
const validMs = 3_000;

/** While no call is rejected, so many times more may run: it is no overload if calls get slower. */
const leeway = 1.5;

/** By how much what is known may fall in a window: windows differ by chance. */
const fall = 0.97;

/** What is known of how many calls a process can bear: nothing before its calls are slower than usual. */
export class Saturation {
  #bearable = Number.POSITIVE_INFINITY;
  #validUntil = 0;
  #windows = 0;

  /** Takes what a window says. @param isUsed whether about as many calls ran as might @param isQuiet whether none were rejected lately */
  note({ pressure, slowdown, running, ...measured }: Measured, now: number, isUsed: boolean, isQuiet: boolean): void {
    const bearable = measured.bearable * (isQuiet && pressure <= 1 ? leeway : 1);
    const isKnown = now < this.#validUntil;
    const isCrowded = running >= (isKnown ? enough.running : enough.atFirst);
    const isSaturated = isCrowded && slowdown >= enough.slowdown && pressure >= enough.pressure;
    this.#windows = isSaturated ? this.#windows + 1 : 0;
    if (isSaturated && (isKnown || this.#windows >= enoughWindows)) {
      this.#bearable = isKnown ? Math.max(bearable, this.#bearable * fall) : bearable;
      this.#validUntil = now + validMs;
    } else if (isUsed && !isSaturated) this.#validUntil = 0;
  }

  /** Returns how many calls may run at the same time; Infinity: it is not known. */
  bearable(now: number): number {
    return now < this.#validUntil ? this.#bearable : Number.POSITIVE_INFINITY;
  }
}
