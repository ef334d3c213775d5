import { setTimeout as sleep } from "node:timers/promises";

/** The pauses between attempts, in milliseconds. */
export interface BackoffOptions {
  /** The pause after the first failure. Default: 100. */
  readonly baseMs?: number;
  /** The longest pause. Default: 5,000. */
  readonly maxMs?: number;
}

/**
 * Returns the pause before a retry, in milliseconds. It doubles with each attempt, up to a limit. It is random within the
 * upper quarter, so that processes that failed together do not retry together.
 *
 * @param attempt the number of earlier retries, from 0
 *
 * @example
 * ```ts
 * import { backoffMs } from "@mesh/runtime";
 *
 * backoffMs(0); // 75 to 100
 * backoffMs(3); // 600 to 800
 * backoffMs(20); // 3,750 to 5,000
 * ```
 */
export function backoffMs(attempt: number, { baseMs = 100, maxMs = 5_000 }: BackoffOptions = {}): number {
  const fullMs = Math.min(maxMs, baseMs * 2 ** Math.min(attempt, 30));
  return Math.round(fullMs * (0.75 + Math.random() * 0.25));
}

/** How `repeat` runs its step. */
export interface RepeatOptions {
  /** Ends the repetition, and the pause between two runs. */
  readonly signal: AbortSignal;
  /** The pause between two runs, in milliseconds. Default: 0. */
  readonly intervalMs?: number;
  /** The pause after a run that failed. Default: `intervalMs`. */
  readonly backoff?: BackoffOptions;
  /** Receives the error of each run that failed before the signal aborted, with the number of failures in a row, from 1. */
  readonly onFailure?: (error: unknown, failures: number) => void;
  /** Called at the first success after a failure. */
  readonly onRecovery?: () => void;
}

/**
 * Runs a step again and again until the signal aborts, one run at a time. A failure ends only the run.
 *
 * @param step the work of one run, which must end soon after the signal aborts. It succeeds when it resolves; a run that
 *   lasts as long as a connection calls `succeed` once it is connected.
 * @returns a promise that resolves when the last run has ended
 *
 * @example
 * ```ts
 * import { repeat } from "@mesh/runtime";
 *
 * const closing = new AbortController();
 * let runs = 0;
 * const step = async () => {
 *   runs += 1;
 *   if (runs === 1) throw new Error("not ready yet");
 *   closing.abort();
 * };
 * await repeat(step, {
 *   signal: closing.signal,
 *   backoff: { baseMs: 1 },
 *   onFailure: (error, failures) => console.warn(`failed ${failures} times`, error),
 * });
 * console.info(runs); // 2
 * ```
 */
export async function repeat(
  step: (succeed: () => void) => Promise<void>,
  { signal, intervalMs = 0, backoff, onFailure, onRecovery }: RepeatOptions,
): Promise<void> {
  let failures = 0;
  const succeed = () => {
    const hasRecovered = failures > 0;
    failures = 0;
    if (hasRecovered) onRecovery?.();
  };
  while (!signal.aborted) {
    const failure = await failureOf(step, succeed);
    if (signal.aborted) return;
    if (!failure) succeed();
    else onFailure?.(failure.reason, ++failures);
    const pauseMs = failure && backoff ? backoffMs(failures - 1, backoff) : intervalMs;
    await sleep(pauseMs, undefined, { signal }).catch(() => {});
  }
}

/** Runs a step once. Returns undefined if it succeeded. */
async function failureOf(step: (succeed: () => void) => Promise<void>, succeed: () => void) {
  try {
    await step(succeed);
    return undefined;
  } catch (reason) {
    return { reason };
  }
}
