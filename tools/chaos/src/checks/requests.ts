import type { Injected } from "../faults/injector.ts";
import { deadlineMs, type OrderLoad } from "../load/orders.ts";
import type { Violation } from "./violation.ts";

/** What a response may take longer than its deadline, in milliseconds. */
const graceMs = 100;

/** A connection to a gateway may break a moment after the gateway is back. */
const afterMs = 1_000;

/** I6: one response in time, beside the delay of this process, or none if the gateway was killed or stopped meanwhile. */
export function checkRequests(
  { attempts, ownDelay }: Pick<OrderLoad, "attempts" | "ownDelay">,
  injected: readonly Injected[],
  gateways: readonly string[],
  beganAt: number,
): Violation[] {
  return attempts.flatMap(({ startedAt, endedAt, status, gateway }): Violation[] => {
    const tookMs = Math.round(endedAt - startedAt);
    const overMs = tookMs - deadlineMs - graceMs;
    const isLate = overMs > 0 && overMs > ownDelay.near(endedAt);
    if (status !== undefined && !isLate) return [];
    const isExcused = injected.some(({ fault, ...time }) => {
      const stops = ["kill", "drain", "stop", "crash"].includes(fault.kind) && fault.target === gateways[gateway];
      return stops && time.startedAt <= endedAt && startedAt <= time.endedAt + afterMs;
    });
    if (isExcused) return [];
    const what = status === undefined ? "got no response" : `got the response ${status} too late`;
    const noticed = Math.round(ownDelay.near(endedAt));
    const at = ((startedAt - beganAt) / 1_000).toFixed(1);
    return [
      {
        invariant: "I6",
        what: `at ${at} s a request to ${gateways[gateway]} ${what}, after ${tookMs} ms (own delay ${noticed} ms)`,
      },
    ];
  });
}
