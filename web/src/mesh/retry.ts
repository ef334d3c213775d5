import { type CallError, isPassing } from "@mesh/contracts/client";
import { limitedForS } from "./failure.ts";

/** A customer who must wait longer is asked to try again. */
const longestWaitS = 5;

/** Retries a query until the service is back. The page shows a notice meanwhile and recovers by itself. */
export function retryQuery(_failures: number, error: CallError): boolean {
  return isPassing(error);
}

/**
 * Retries a mutation six times, because a customer waits for it and can then try again: for about 20 s if it fails
 * immediately, and for about 100 s if no response comes. A call above a rate limit is retried only if the wait is short.
 */
export function retryMutation(failures: number, error: CallError): boolean {
  if ((limitedForS(error) ?? 0) > longestWaitS) return false;
  return isPassing(error) && failures < 6;
}

/** Repeats a query that failed with a server error every 10 s, so that the page recovers. */
export function refetchIntervalMs({ state: { error } }: { state: { error: CallError | null } }): number | false {
  return (error?.data?.httpStatus ?? 0) >= 500 ? 10_000 : false;
}
