/** How long to wait between attempts, in milliseconds. */
export interface BackoffOptions {
  /** After the first failure. Default: 100. */
  readonly baseMs?: number;
  /** The longest. Default: 5,000. */
  readonly maxMs?: number;
}

/**
 * The wait before trying again: doubles with each attempt, up to a limit, and varies by a quarter so that processes
 * that failed together do not return together.
 *
 * @param attempt how many attempts failed before this one, from 0
 */
export function backoffMs(attempt: number, { baseMs = 100, maxMs = 5_000 }: BackoffOptions = {}): number {
  const fullMs = Math.min(maxMs, baseMs * 2 ** Math.min(attempt, 30));
  return Math.round(fullMs * (0.75 + Math.random() * 0.25));
}
