import { setTimeout as sleep } from "node:timers/promises";
import { MeshError } from "@mesh/contracts";

const overload: ReadonlySet<string> = new Set(["UNAVAILABLE", "DEADLINE_EXCEEDED", "RESOURCE_EXHAUSTED"]);

/**
 * Makes a call again, at most ten times, if it fails only because the machine is slow: its service is busy, or can't reach
 * its database in time. The call must be safe to repeat.
 */
export async function patiently<T>(call: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      if (attempt === 10 || !(error instanceof MeshError) || !overload.has(error.code)) throw error;
      await sleep(error.retryAfterMs ?? 200);
    }
  }
}
