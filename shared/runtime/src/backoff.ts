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
