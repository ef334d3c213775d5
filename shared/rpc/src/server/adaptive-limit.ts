import { performance as nodePerformance } from "node:perf_hooks";
import type { MethodDefinition } from "@mesh/contracts";
import { Saturation } from "./saturation.ts";
import { TurnBudget } from "./turn-budget.ts";
import { UsualDurations } from "./usual-durations.ts";

/** The bounds of the limit, and the limit of a process that has not been busy. */
export const unaryLimits = { least: 20, usual: 200, most: 512 };

/** The time between two decisions, in milliseconds. */
const windowMs = 50;

/** The calls that a decision needs. If fewer have ended, it waits for more. */
const enoughCalls = 5;

/** A limit that shrinks by more than this part is another limit: calls that began before say nothing of it. */
const notable = 0.1;

/** The calls after which a process is compared with itself: code that is not compiled yet takes much longer. */
const warmUpCalls = 1_000;

/** After so many windows without a call, nothing is measured. */
const idleWindows = 100;

/** After a rejection, the process counts as busy for so many windows. */
const pressedWindows = 20;

/** The part of the time in which the event loop works, from which on it has much to do. */
const busyLoop = 0.9;

/**
 * A limit of the calls that run at the same time, which follows what the process can bear.
 *
 * - In a turn of the event loop, no more calls begin than compute for 40 ms, by what calls have taken lately, but always 20.
 * - Calls may take 1.3 times what is usual for their methods and 25 ms. By Little's law, so many may run at the same time as
 *   end in this time. When calls take longer, the limit is set to this number. Otherwise it grows, from 20 to 200 in a second;
 *   beyond that only if so many run. While calls have lately taken notably longer than usual, it does not grow above the number.
 *
 * Calls may also be slow for another reason, such as a slow upstream. The limit is then low for a second or two, until this
 * is usual. Source: https://en.wikipedia.org/wiki/Little%27s_law
 */
export class AdaptiveLimit {
  #limit = unaryLimits.usual;
  #calls = 0;
  #running = 0;
  /** The most calls that ran at the same time in this window. */
  #peak = 0;
  readonly #durations = new UsualDurations();
  readonly #saturation = new Saturation();
  readonly #turn = new TurnBudget(unaryLimits.least);
  #windowAt = 0;
  /** Calls that began earlier say nothing of the limit now, by `performance.now()`. */
  #cutAt = 0;
  #emptyWindows = 0;
  /** The windows since a call was rejected. */
  #quietWindows = pressedWindows;
  readonly #isLoopBusy: () => boolean;
  #timer: NodeJS.Timeout | undefined;

  /** @param isLoopBusy returns whether the event loop has had much to do since the last time: then it makes calls slow */
  constructor(isLoopBusy = loopWatch()) {
    this.#isLoopBusy = isLoopBusy;
  }

  /** The most calls that may run now. */
  get limit(): number {
    return Math.floor(this.#limit);
  }

  /** Returns whether there is no room for another call. */
  isFull(running: number): boolean {
    if (running < this.limit && !this.#turn.isFull) return false;
    this.#quietWindows = 0;
    return true;
  }

  /** Counts a call that begins. */
  begin(): void {
    this.#calls += 1;
    this.#turn.begin();
    this.#running += 1;
    if (this.#running > this.#peak) this.#peak = this.#running;
    this.#timer ??= this.#start();
  }

  /**
   * Counts a call that ended.
   *
   * @param ms its duration; undefined: it says nothing, since the call failed
   */
  end(method: MethodDefinition, ms: number | undefined): void {
    this.#running -= 1;
    if (ms === undefined || (this.#cutAt > 0 && performance.now() - ms < this.#cutAt)) return;
    this.#durations.add(method, ms);
  }

  #start(): NodeJS.Timeout {
    this.#windowAt = performance.now();
    return setInterval(() => this.#decide(), windowMs).unref();
  }

  #stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#cutAt = 0;
  }

  #decide(): void {
    const { ended } = this.#durations;
    this.#emptyWindows = this.#peak === 0 ? this.#emptyWindows + 1 : 0;
    if (this.#emptyWindows >= idleWindows) this.#stop();
    const isBusy = this.#running > 0 || ended > 0;
    if (isBusy && ended < enoughCalls) return;
    const now = performance.now();
    const elapsedMs = now - this.#windowAt;
    const isLoopBusy = this.#isLoopBusy();
    const measured = this.#durations.measure(elapsedMs);
    const isQuiet = this.#quietWindows >= pressedWindows;
    if (this.#calls >= warmUpCalls) this.#saturation.note(measured, now, this.#peak >= this.#limit * 0.8, isQuiet);
    const isSlow = measured.pressure > 1;
    const isLeast = this.#limit <= unaryLimits.least;
    this.#durations.learn({
      isPressed: isSlow || !isQuiet,
      isElsewhere: isSlow && isLeast && !isLoopBusy,
      isCrowded: measured.running > unaryLimits.least,
    });
    this.#adapt(isSlow, now);
    this.#quietWindows += 1;
    this.#peak = this.#running;
    this.#windowAt = now;
  }

  #adapt(isSlow: boolean, now: number): void {
    const { least, usual, most } = unaryLimits;
    const bearable = this.#saturation.bearable(now);
    const isWanted = this.#limit < usual || this.#peak > this.#limit * 0.8;
    const before = this.#limit;
    if (!isSlow && isWanted) this.#limit += Math.sqrt(this.#limit);
    this.#limit = Math.min(Math.max(Math.min(this.#limit, bearable), least), most);
    if (this.#limit < before * (1 - notable)) this.#cutAt = now;
  }
}

function loopWatch(): () => boolean {
  let before = nodePerformance.eventLoopUtilization();
  return () => {
    const now = nodePerformance.eventLoopUtilization();
    const { utilization } = nodePerformance.eventLoopUtilization(now, before);
    before = now;
    return utilization > busyLoop;
  };
}
