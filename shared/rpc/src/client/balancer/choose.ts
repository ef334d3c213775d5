import type { Endpoint } from "./endpoint.ts";

/** How a call is carried. */
export type CallUse = "unary" | "stream";

/** Differences of latency below about this do not matter, in milliseconds. */
const levelMs = 1;

/**
 * An endpoint whose last calls failed has so many times as much to do for each of them, up to three: of two, it gets one of 17
 * calls, one of 257 or one of 4,097. It soon shows whether the others fail, too. A second after the last failure this ends: one that
 * is not ejected must not wait for a call.
 */
const failed = { factor: 4, most: 3, forMs: 1_000 };

/**
 * Chooses between two endpoints taken at random, the "power of two choices": most likely the one with less to do. What an
 * endpoint has to do is the calls that are open, this one included, times the usual latency; while it is silent, the time
 * of the silence. Of two, one with twice as much gets a fifth of the calls, one with ten times as much a hundredth.
 *
 * @param endpoints at least one
 */
export function choose(endpoints: readonly Endpoint[], use: CallUse): Endpoint | undefined {
  if (endpoints.length < 2) return endpoints[0];
  const at = Math.floor(Math.random() * endpoints.length);
  const next = Math.floor(Math.random() * (endpoints.length - 1));
  const one = endpoints[at];
  const other = endpoints[next < at ? next : next + 1];
  if (!one || !other) return one ?? other;
  const now = performance.now();
  const cost = costOf(one, use, now) ** 2;
  const otherCost = costOf(other, use, now) ** 2;
  return Math.random() * (cost + otherCost) < otherCost ? one : other;
}

/** Returns the mean of the usual latencies, in milliseconds; 0: there are none. */
export function meanLatencyOf(endpoints: readonly Endpoint[]): number {
  const now = performance.now();
  return endpoints.reduce((sum, { latency }) => sum + latency.at(now), 0) / Math.max(1, endpoints.length);
}

function costOf(endpoint: Endpoint, use: CallUse, now: number): number {
  const open = use === "unary" ? endpoint.openUnary : endpoint.openStreams;
  const cost = (open + 1) * (Math.max(endpoint.latency.at(now), endpoint.silentMs(now)) + levelMs);
  const { failedInRow, lastFailedAt } = endpoint;
  return failedInRow === 0 || now - lastFailedAt > failed.forMs
    ? cost
    : cost * failed.factor ** Math.min(failedInRow, failed.most);
}
