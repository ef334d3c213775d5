import { type CallError, isPassing, limitedForS } from "./failure.ts";

/** A customer who must wait longer is asked to try again. */
const longestWaitS = 5;

/** Returns a delay that doubles from 0.5 to 5 seconds, or the longer one that the mesh requests. */
export function retryDelayMs(failures: number, error?: CallError): number {
  return Math.max(Math.min(500 * 2 ** failures, 5_000), error?.data?.retryAfterMs ?? 0);
}

/** Retries a query until the service is back. The page shows a notice meanwhile and recovers by itself. */
export function retryQuery(_failures: number, error: CallError): boolean {
  return isPassing(error);
}

/**
 * Retries a mutation six times, because a customer waits for it and can then try again: for about 20 s if it fails
 * immediately, and for about 100 s if no response comes. The gateway rejects the first mutation of a browser without a
 * cookie, and sets the cookie. A call above a rate limit is retried only if the wait is short.
 */
export function retryMutation(failures: number, error: CallError): boolean {
  if (isNewcomer(error)) return failures === 0;
  if ((limitedForS(error) ?? 0) > longestWaitS) return false;
  return isPassing(error) && failures < 6;
}

function isNewcomer({ data }: CallError): boolean {
  return data?.httpStatus === 401 && data.retryAfterMs === 0;
}

/** Repeats a query that failed with a server error every 10 s, so that the page recovers. */
export function refetchIntervalMs({ state: { error } }: { state: { error: CallError | null } }): number | false {
  return (error?.data?.httpStatus ?? 0) >= 500 ? 10_000 : false;
}
