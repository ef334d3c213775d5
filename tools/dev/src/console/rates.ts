import type { Series } from "./metrics-text.ts";
import type { MethodRates, Rates } from "./shapes.ts";

/** What a process has counted of a method, route or subject since its start. */
export interface Counted {
  readonly name: string;
  readonly kind: MethodRates["kind"];
  readonly count: number;
  readonly errors: number;
  /** Cumulative counts by the upper bound of their durations, in seconds. */
  readonly buckets: ReadonlyMap<number, number>;
}

/** The durations that are shown, and the labels of what was measured. */
const families = [
  { kind: "call", metric: "rpc_server_call_duration_seconds", labels: ["rpc_method"] },
  { kind: "request", metric: "http_server_request_duration_seconds", labels: ["http_request_method", "http_route"] },
  { kind: "event", metric: "messaging_process_duration_seconds", labels: ["messaging_destination_name"] },
] as const;

/** Reads the counts of a process from its metrics, by kind and name. */
export function countsIn(series: readonly Series[]): Map<string, Counted> {
  const counts = new Map<string, Counted>();
  for (const { kind, metric, labels } of families) {
    for (const one of series) {
      if (!one.name.startsWith(metric)) continue;
      const name = labels.map((label) => one.labels[label] ?? "").join(" ");
      const key = `${kind} ${name}`;
      const before = counts.get(key) ?? { name, kind, count: 0, errors: 0, buckets: new Map() };
      counts.set(key, withSeries(before, one, one.name.slice(metric.length)));
    }
  }
  return counts;
}

function withSeries(counted: Counted, { labels, value }: Series, suffix: string): Counted {
  if (suffix === "_count") {
    const errors = counted.errors + (labels.error_type ? value : 0);
    return { ...counted, count: counted.count + value, errors };
  }
  if (suffix !== "_bucket") return counted;
  const bound = labels.le === "+Inf" ? Number.POSITIVE_INFINITY : Number(labels.le);
  return { ...counted, buckets: new Map(counted.buckets).set(bound, (counted.buckets.get(bound) ?? 0) + value) };
}

/** Returns what was counted since an earlier measurement. A process that was restarted counts from 0 again. */
export function since(now: Counted, before: Counted | undefined): Counted {
  if (!before || before.count > now.count) return now;
  const buckets = new Map([...now.buckets].map(([bound, count]) => [bound, count - (before.buckets.get(bound) ?? 0)]));
  return { ...now, count: now.count - before.count, errors: now.errors - before.errors, buckets };
}

/** Returns the rates of some counts together. @param seconds the time in which they were counted; undefined: unknown */
export function ratesOf(counts: readonly Counted[], seconds: number | undefined): Rates {
  const sum = (of: (counted: Counted) => number) => counts.reduce((total, counted) => total + of(counted), 0);
  const count = sum((counted) => counted.count);
  return {
    count,
    rate: seconds === undefined ? null : count / seconds,
    errors: count === 0 ? null : sum(({ errors }) => errors) / count,
    p99Ms: quantile(0.99, counts),
  };
}

/** Returns a quantile of durations in milliseconds, as Prometheus does: the durations of a bucket are spread evenly over it. */
export function quantile(share: number, counts: readonly Pick<Counted, "buckets">[]): number | null {
  const bounds = [...new Set(counts.flatMap(({ buckets }) => [...buckets.keys()]))].sort((one, other) => one - other);
  const totals = bounds.map((bound) => counts.reduce((sum, { buckets }) => sum + (buckets.get(bound) ?? 0), 0));
  const rank = share * (totals.at(-1) ?? 0);
  if (rank === 0) return null;
  const index = totals.findIndex((total) => total >= rank);
  const [from = 0, to = 0] = [bounds[index - 1], bounds[index]];
  if (to === Number.POSITIVE_INFINITY) return from * 1_000;
  const [below = 0, upTo = 0] = [totals[index - 1], totals[index]];
  return (from + (to - from) * ((rank - below) / (upTo - below))) * 1_000;
}
