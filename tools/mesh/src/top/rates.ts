import type { MethodCounts } from "@mesh/contracts/protocols/mesh/statistics/v1/index";
import type { Sample } from "./sampler.ts";

/** What the calls of a method did between two samples, over all replicas. Rates are per second. */
export interface MethodRates {
  /** The path of the method: `/orders.v1.OrderService/GetOrder`. */
  readonly path: string;
  /** The calls that ended. */
  readonly callsPerSecond: number;
  /** Of these, the calls that ended with another status than OK. */
  readonly errorsPerSecond: number;
  /** The same by status, the most frequent one first. */
  readonly errors: Readonly<Record<string, number>>;
  /** The calls for which there was no room. */
  readonly rejectedPerSecond: number;
  /** Within a tenth of the exact value; absent: no call ended. */
  readonly p50Ms?: number;
  readonly p99Ms?: number;
  /** The calls that run now. */
  readonly running: number;
}

/** The numbers of one method, or the differences between two times. */
interface Totals {
  running: number;
  rejected: number;
  readonly ended: Map<string, number>;
  readonly durations: number[];
}

/** Compares two samples. A process that is only in one of them has no rates, but the calls that it runs now count. */
export function ratesBetween(before: Sample, after: Sample): MethodRates[] {
  const seconds = (after.at - before.at) / 1_000;
  const totals = new Map<string, Totals>();
  for (const [key, methods] of after.processes) {
    const earlier = new Map(before.processes.get(key)?.map((counts) => [counts.path, counts]));
    for (const counts of methods) {
      const sum = totals.get(counts.path) ?? { running: 0, rejected: 0, ended: new Map(), durations: [] };
      totals.set(counts.path, sum);
      sum.running += counts.running;
      const known = earlier.get(counts.path);
      if (known) addDifference(sum, known, counts);
    }
  }
  return [...totals].map(([path, sum]) => ratesOf(path, sum, seconds));
}

function addDifference(sum: Totals, before: MethodCounts, after: MethodCounts): void {
  sum.rejected += Number(after.rejected - before.rejected);
  for (const [status, count] of Object.entries(after.ended)) {
    const more = Number(count - (before.ended[status] ?? 0n));
    if (more > 0) sum.ended.set(status, (sum.ended.get(status) ?? 0) + more);
  }
  for (const [at, count] of after.durations.entries()) {
    sum.durations[at] = (sum.durations[at] ?? 0) + Number(count - (before.durations[at] ?? 0n));
  }
}

function ratesOf(path: string, { running, rejected, ended, durations }: Totals, seconds: number): MethodRates {
  const perSecond = (count: number) => rounded(count / seconds, 10);
  const failed = [...ended].filter(([status]) => status !== "OK").sort(([, one], [, other]) => other - one);
  const count = (entries: Iterable<[string, number]>) => [...entries].reduce((sum, [, each]) => sum + each, 0);
  const [p50Ms, p99Ms] = [0.5, 0.99].map((share) => durationAt(durations, share));
  return {
    path,
    callsPerSecond: perSecond(count(ended)),
    errorsPerSecond: perSecond(count(failed)),
    errors: Object.fromEntries(failed.map(([status, each]) => [status, perSecond(each)])),
    rejectedPerSecond: perSecond(rejected),
    ...(p50Ms !== undefined && { p50Ms }),
    ...(p99Ms !== undefined && { p99Ms }),
    running,
  };
}

/** Returns the middle of the bucket that a share of the calls does not exceed. Source: mesh/statistics/v1/statistics.proto */
function durationAt(durations: readonly number[], share: number): number | undefined {
  const wanted = Math.ceil(durations.reduce((sum, count) => sum + count, 0) * share);
  if (wanted === 0) return undefined;
  let seen = 0;
  const at = durations.findIndex((count) => {
    seen += count;
    return seen >= wanted;
  });
  return rounded(2 ** ((at - 0.5) / 4) / 64, 100);
}

function rounded(value: number, parts: number): number {
  return Math.round(value * parts) / parts;
}
