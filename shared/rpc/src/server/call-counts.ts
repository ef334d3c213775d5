import type { MethodDefinition } from "@mesh/contracts";
import type { CallStatus } from "../telemetry/method-telemetry.ts";

/** The buckets of durations: four for each doubling, from 1/64 ms to over three minutes. Source: mesh/statistics/v1/statistics.proto */
const buckets = { count: 96, ofDoubling: 4, firstMs: 1 / 64 };

/** Counts the calls of a method that a server gets. */
export class CallCounts {
  readonly method: MethodDefinition;
  running = 0;
  /** The calls for which there was no room. */
  rejected = 0;
  /** The calls that have ended, by their duration. */
  readonly durations = new Float64Array(buckets.count);
  readonly #ended = new Map<CallStatus, number>();

  constructor(method: MethodDefinition) {
    this.method = method;
  }

  /** The calls that have ended, by the name of their status. */
  get ended(): ReadonlyMap<CallStatus, number> {
    return this.#ended;
  }

  /** Counts a call that has ended. */
  end(ms: number, status: CallStatus): void {
    this.running -= 1;
    this.#ended.set(status, (this.#ended.get(status) ?? 0) + 1);
    const at = bucketOf(ms);
    this.durations[at] = Number(this.durations[at]) + 1;
  }
}

function bucketOf(ms: number): number {
  if (ms < buckets.firstMs) return 0;
  const at = 1 + Math.floor(Math.log2(ms / buckets.firstMs) * buckets.ofDoubling);
  return Math.min(at, buckets.count - 1);
}
