import type { MethodDefinition } from "@mesh/contracts";

/** A call may take so many times the usual of its method, and this, in milliseconds. */
const allowed = { times: 1.3, slackMs: 25 };

/**
 * How usual durations follow in a window: down quickly, but up slowly. Up quickly if calls are slow for a reason outside of the
 * process.
 */
const follow = { down: 0.05, up: 0.001, upElsewhere: 0.1 };

/** The durations of the calls of a method, in milliseconds. */
interface Durations {
  /** Without much load. */
  usual: number | undefined;
  sum: number;
  count: number;
  shortest: number;
}

/** What the calls say that ended in a window. */
export interface Measured {
  /** How long they took, as a part of how long they may take; above 1: they are slow. */
  readonly pressure: number;
  /** How long they took, as a multiple of what is usual. */
  readonly slowdown: number;
  /** How many ran at the same time, in the mean. */
  readonly running: number;
  /** How many may run at the same time so that they take no longer than they may, by Little's law. */
  readonly bearable: number;
}

/** What is known of a window. */
export interface Circumstances {
  /** Whether the process has more to do than it can bear: what calls take now is not usual. */
  readonly isPressed: boolean;
  /** Whether calls are slow for a reason outside of the process. */
  readonly isElsewhere: boolean;
  /** Whether many calls run at the same time. */
  readonly isCrowded: boolean;
}

/** The durations of calls: those of a window, and the usual ones, by method. */
export class UsualDurations {
  readonly #methods = new Map<MethodDefinition, Durations>();
  #ended = 0;

  /** The calls that ended in this window. */
  get ended(): number {
    return this.#ended;
  }

  /** Counts a call that ended. */
  add(method: MethodDefinition, ms: number): void {
    let durations = this.#methods.get(method);
    if (!durations) {
      durations = { usual: undefined, sum: 0, count: 0, shortest: Number.POSITIVE_INFINITY };
      this.#methods.set(method, durations);
    }
    durations.sum += ms;
    durations.count += 1;
    if (ms < durations.shortest) durations.shortest = ms;
    this.#ended += 1;
  }

  /** Returns what this window says. @param elapsedMs its length */
  measure(elapsedMs: number): Measured {
    let [takenMs, usualMs] = [0, 0];
    for (const { usual, sum, count, shortest } of this.#methods.values()) {
      if (count === 0) continue;
      takenMs += sum;
      usualMs += count * (usual ?? shortest);
    }
    const allowedMs = allowed.times * usualMs + this.#ended * allowed.slackMs;
    return {
      pressure: allowedMs === 0 ? 0 : takenMs / allowedMs,
      slowdown: usualMs === 0 ? 1 : takenMs / usualMs,
      running: takenMs / elapsedMs,
      bearable: allowedMs / elapsedMs,
    };
  }

  /** Ends the window. */
  learn({ isPressed, isElsewhere, isCrowded }: Circumstances): void {
    const ifQuiet = isPressed ? 0 : follow.up;
    const up = isElsewhere ? follow.upElsewhere : ifQuiet;
    for (const durations of this.#methods.values()) {
      const { usual, sum, count, shortest } = durations;
      if (count === 0) continue;
      const mean = sum / count;
      if (usual === undefined) durations.usual = isCrowded ? shortest : mean;
      else durations.usual = usual + (mean - usual) * (mean < usual ? follow.down : up);
      durations.sum = 0;
      durations.count = 0;
      durations.shortest = Number.POSITIVE_INFINITY;
    }
    this.#ended = 0;
  }
}
