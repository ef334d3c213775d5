import type { MethodDefinition } from "@mesh/contracts";

/** The bounds of the limit, and the limit of a process that has not been busy. */
export const unaryLimits = { least: 20, usual: 200, most: 512 };

/** The time between two decisions, in milliseconds. */
const windowMs = 100;

/** The calls that a decision needs. If fewer have ended, it waits for more. */
const enoughCalls = 5;

/** The slow windows in a row after which the limit shrinks: a pause of the process alone is no overload. */
const enoughSlow = 2;

/** A call is slow if it takes longer than 1.5 times the usual, and this, in milliseconds. */
const slackMs = 30;

/** The time of the calls that begin in one turn of the event loop, at most, in milliseconds. */
const turnMs = 20;

/** The calls of a turn from which on they are counted exactly, and their cost is estimated. */
const manyCalls = 16;

/** The estimates that count. Code that is not compiled yet takes much longer. */
const enoughEstimates = 10;

/** By how much an estimate grows in a turn whose calls cost more. */
const costGrowth = 1.02;

/** After so many windows without a call, nothing is measured. */
const idleWindows = 50;

/** How usual durations follow: down quickly, but up slowly so that a long overload does not get usual, and at the least limit. */
const follow = { down: 0.1, up: 0.002, atLeast: 0.2 };

/** The durations of the calls of a method, in milliseconds. */
interface Durations {
  /** Without much load. */
  usual: number | undefined;
  sum: number;
  count: number;
}

/**
 * A limit of the calls that run at the same time, which follows what the process can bear.
 *
 * - In a turn of the event loop, no more calls begin than compute for 20 ms, by what calls have taken lately, but always 20.
 * - While calls take longer than is usual for their methods, the limit shrinks, by up to a half each 100 ms. Otherwise it
 *   grows, from 20 to 200 in 2 s; beyond that only if so many run.
 *
 * Calls may also be slow for another reason, such as a slow upstream. The limit is then at its least after a second, the
 * usual durations follow within two more, and it grows again.
 */
export class AdaptiveLimit {
  #limit = unaryLimits.usual;
  #running = 0;
  /** The most calls that ran at the same time in this window. */
  #peak = 0;
  readonly #durations = new Map<MethodDefinition, Durations>();
  /** The calls with a duration that ended in this window. */
  #ended = 0;
  #emptyWindows = 0;
  #slowWindows = 0;
  readonly #turn = new TurnBudget();
  #timer: NodeJS.Timeout | undefined;

  /** The most calls that may run now. */
  get limit(): number {
    return Math.floor(this.#limit);
  }

  /** Whether this turn of the event loop has begun as many calls as it may. */
  get isTurnFull(): boolean {
    return this.#turn.isFull;
  }

  /** Counts a call that begins. */
  begin(): void {
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
    if (ms === undefined) return;
    let durations = this.#durations.get(method);
    if (!durations) {
      durations = { usual: undefined, sum: 0, count: 0 };
      this.#durations.set(method, durations);
    }
    durations.sum += ms;
    durations.count += 1;
    this.#ended += 1;
  }

  #start(): NodeJS.Timeout {
    return setInterval(() => this.#decide(), windowMs).unref();
  }

  #stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #decide(): void {
    this.#emptyWindows = this.#peak === 0 ? this.#emptyWindows + 1 : 0;
    if (this.#emptyWindows >= idleWindows) this.#stop();
    const isBusy = this.#running > 0 || this.#ended > 0;
    if (isBusy && this.#ended < enoughCalls) return;
    const pressure = this.#pressure();
    this.#adapt(pressure);
    this.#learn(pressure > 1);
    this.#peak = this.#running;
    this.#ended = 0;
  }

  /** Returns how long calls took, as a part of how long they may take; above 1: they are slow. */
  #pressure(): number {
    let [taken, allowed] = [0, 0];
    for (const { usual, sum, count } of this.#durations.values()) {
      taken += sum;
      allowed += 1.5 * (usual === undefined ? sum : count * usual) + count * slackMs;
    }
    return allowed === 0 ? 0 : taken / allowed;
  }

  #adapt(pressure: number): void {
    const { least, usual, most } = unaryLimits;
    const isWanted = this.#limit < usual || this.#peak > this.#limit * 0.8;
    this.#slowWindows = pressure > 1 ? this.#slowWindows + 1 : 0;
    if (this.#slowWindows >= enoughSlow) this.#limit *= Math.min(Math.max(1 / pressure, 0.5), 0.95);
    else if (isWanted && pressure <= 1) this.#limit += Math.sqrt(this.#limit);
    this.#limit = Math.min(Math.max(this.#limit, least), most);
  }

  #learn(isSlow: boolean): void {
    const ifBusy = isSlow ? 0 : follow.up;
    const up = this.#limit <= unaryLimits.least ? follow.atLeast : ifBusy;
    for (const durations of this.#durations.values()) {
      const { usual, sum, count } = durations;
      if (count === 0) continue;
      const mean = sum / count;
      const by = usual === undefined || mean < usual ? follow.down : up;
      durations.usual = usual === undefined ? mean : usual + (mean - usual) * by;
      durations.sum = 0;
      durations.count = 0;
    }
  }
}

/** Bounds the work that one turn of the event loop begins. */
class TurnBudget {
  /** The calls that have begun in this turn, or a few of earlier ones. */
  #begun = 0;
  #usage = process.cpuUsage();
  /** The least CPU time for a call in a turn of many calls, in milliseconds. */
  #costMs = Number.POSITIVE_INFINITY;
  #estimates = 0;

  get isFull(): boolean {
    const { least } = unaryLimits;
    return this.#begun >= least && this.#estimates >= enoughEstimates && this.#begun * this.#costMs > turnMs;
  }

  begin(): void {
    this.#begun += 1;
    if (this.#begun !== manyCalls) return;
    this.#usage = process.cpuUsage();
    setImmediate(this.#endTurn);
  }

  readonly #endTurn = () => {
    // Not the time of a clock: on a busy machine, others may run meanwhile.
    const { user, system } = process.cpuUsage(this.#usage);
    const costMs = (user + system) / 1_000 / this.#begun;
    this.#begun = 0;
    // Some systems count CPU time in steps of 10 ms or more.
    if (costMs === 0) return;
    this.#costMs = Math.min(costMs, this.#costMs * costGrowth);
    this.#estimates += 1;
  };
}
