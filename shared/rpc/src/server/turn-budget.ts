/** The time of the calls that begin in one turn of the event loop, at most, in milliseconds. */
const turnMs = 40;

/** The calls from which on a turn is measured. */
const manyCalls = 16;

/** The turns that must be measured, and the calls of the process before that. Code that is not compiled yet takes much longer. */
const enoughTurns = 10;
const warmUpCalls = 1_000;

/** By how much the known cost grows in a turn whose calls cost more. */
const costGrowth = 1.02;

/** Bounds the work that one turn of the event loop begins: meanwhile, other calls wait where no limit counts them. */
export class TurnBudget {
  readonly #least: number;
  /** The calls that have begun in this turn, or a few of earlier ones if turns are not measured. */
  #begun = 0;
  /** Whether turns begin many calls. */
  #isMeasured = false;
  /** How many of the calls may have begun in earlier turns. */
  #earlier = 0;
  /** The calls of the turn before, and the CPU time when it began. */
  #before = 0;
  #usage = process.cpuUsage();
  /** The least CPU time for a call in a turn of many calls, in milliseconds. */
  #costMs = Number.POSITIVE_INFINITY;
  #turns = 0;
  #calls = 0;

  /** @param least the calls that each turn may begin, whatever they cost */
  constructor(least: number) {
    this.#least = least;
  }

  /** Whether this turn has begun as many calls as it may. */
  get isFull(): boolean {
    const begun = this.#begun - this.#earlier;
    return begun >= this.#least && this.#turns >= enoughTurns && begun * this.#costMs > turnMs;
  }

  /** Counts a call that begins. */
  begin(): void {
    this.#calls += 1;
    if (this.#isMeasured && this.#begun === 0) this.#beginTurn();
    this.#begun += 1;
    if (this.#isMeasured || this.#begun < manyCalls) return;
    this.#isMeasured = true;
    this.#earlier = manyCalls - 1;
    setImmediate(this.#endTurn);
  }

  #beginTurn(): void {
    const usage = process.cpuUsage();
    if (this.#before >= manyCalls) this.#learn(usage);
    this.#usage = usage;
    setImmediate(this.#endTurn);
  }

  readonly #endTurn = () => {
    this.#isMeasured = this.#begun >= manyCalls;
    this.#before = this.#isMeasured && this.#earlier === 0 ? this.#begun : 0;
    this.#begun = 0;
    this.#earlier = 0;
  };

  /** Takes what the turn before has cost. @param usage the CPU time now */
  #learn({ user, system }: NodeJS.CpuUsage): void {
    // Not the time of a clock: on a busy machine, others may run meanwhile.
    const micros = user - this.#usage.user + system - this.#usage.system;
    const costMs = micros / 1_000 / this.#before;
    // Some systems count CPU time in steps of 10 ms or more.
    if (costMs === 0 || this.#calls < warmUpCalls) return;
    this.#costMs = Math.min(costMs, this.#costMs * costGrowth);
    this.#turns += 1;
  }
}
