import { type Attributes, type Histogram, type HrTime, type Meter, ValueType } from "@opentelemetry/api";
import type { HistogramMetricData, MetricProducer, ResourceMetrics, ScopeMetrics } from "@opentelemetry/sdk-metrics";
import type { ScopeName } from "./metering.ts";

/** The buckets of durations in seconds that OpenTelemetry's conventions advise for calls, requests and messages. */
export const durationBuckets: readonly number[] = [
  0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
];

/** What a histogram of durations is called, and its buckets. */
export interface DurationsInit {
  readonly scope: ScopeName;
  readonly name: string;
  readonly description: string;
  /** The upper bounds of the buckets, in seconds; default: `durationBuckets`. */
  readonly buckets?: readonly number[];
}

/** A histogram of durations. */
export interface Durations {
  /** @param attributes the same frozen object each time: it is what finds the histogram of these attributes */
  record(seconds: number, attributes: Attributes): void;
}

/** The histograms that this process fills itself, by scope and name; undefined: those of the SDK do it. */
let own: Map<string, OwnDurations> | undefined;

/**
 * Has this process fill the histograms of durations itself, which costs less: the SDK serializes the attributes of each
 * measurement. Give what it returns to the reader of the SDK, before the first measurement.
 *
 * @example
 * ```ts
 * import { produceDurations } from "@mesh/runtime";
 * import { ConsoleMetricExporter, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
 *
 * const reader = new PeriodicExportingMetricReader({
 *   exporter: new ConsoleMetricExporter(),
 *   metricProducers: [produceDurations()],
 * });
 * await reader.shutdown();
 * ```
 */
export function produceDurations(): MetricProducer {
  own ??= new Map();
  const histograms = own;
  return {
    async collect() {
      const scopeMetrics = [...histograms.values()].map((histogram) => histogram.collect());
      return { resourceMetrics: { resource: noResource, scopeMetrics }, errors: [] };
    },
  };
}

/**
 * Makes a histogram of durations.
 *
 * @example
 * ```ts
 * import { createDurations } from "@mesh/runtime";
 * import { metrics } from "@opentelemetry/api";
 *
 * const init = { scope: "@mesh/rpc", name: "import.duration", description: "The duration of an import." } as const;
 * const durations = createDurations(metrics.getMeter("@mesh/rpc"), init);
 * const ofFiles = Object.freeze({ "import.kind": "file" });
 * durations.record(0.25, ofFiles);
 * ```
 */
export function createDurations(meter: Meter, init: DurationsInit): Durations {
  const { scope, name, description, buckets = durationBuckets } = init;
  if (!own) return sdkDurations(meter, { name, description, buckets });
  const key = `${scope} ${name}`;
  const known = own.get(key) ?? new OwnDurations(scope, { name, description, buckets });
  own.set(key, known);
  return known;
}

type HistogramInit = Required<Omit<DurationsInit, "scope">>;

function sdkDurations(meter: Meter, { name, description, buckets }: HistogramInit): Histogram {
  return meter.createHistogram(name, { description, unit: "s", advice: { explicitBucketBoundaries: [...buckets] } });
}

/** The most attributes of a histogram, and those of all further measurements, as in OpenTelemetry's SDK. */
const maxSeries = 2_000;
const overflow: Attributes = Object.freeze({ "otel.metric.overflow": true });

/** A histogram of this process. */
class OwnDurations implements Durations {
  readonly #scope: ScopeName;
  readonly #init: HistogramInit;
  readonly #startTime = now();
  readonly #series = new Map<Attributes, Series>();

  constructor(scope: ScopeName, init: HistogramInit) {
    this.#scope = scope;
    this.#init = init;
  }

  record(seconds: number, attributes: Attributes): void {
    const key = this.#series.size < maxSeries || this.#series.has(attributes) ? attributes : overflow;
    let series = this.#series.get(key);
    if (!series) {
      series = new Series(this.#init.buckets);
      this.#series.set(key, series);
    }
    series.record(seconds);
  }

  collect(): ScopeMetrics {
    const { name, description } = this.#init;
    const endTime = now();
    const metric: HistogramMetricData = {
      descriptor: { name, description, unit: "s", valueType: ValueType.DOUBLE },
      aggregationTemporality: cumulative,
      dataPointType: histogramPoint,
      dataPoints: [...this.#series].map(([attributes, series]) => {
        return { startTime: this.#startTime, endTime, attributes, value: series.value() };
      }),
    };
    return { scope: { name: this.#scope }, metrics: [metric] };
  }
}

/** `AggregationTemporality.CUMULATIVE` and `DataPointType.HISTOGRAM`, without loading the SDK. */
const cumulative = 1;
const histogramPoint = 0;

/** The measurements with the same attributes. */
class Series {
  readonly #boundaries: readonly number[];
  readonly #counts: number[];
  #sum = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;

  constructor(boundaries: readonly number[]) {
    this.#boundaries = boundaries;
    this.#counts = new Array<number>(boundaries.length + 1).fill(0);
  }

  record(seconds: number): void {
    const boundaries = this.#boundaries;
    let at = 0;
    while (at < boundaries.length && seconds > Number(boundaries[at])) at += 1;
    this.#counts[at] = Number(this.#counts[at]) + 1;
    this.#sum += seconds;
    if (seconds < this.#min) this.#min = seconds;
    if (seconds > this.#max) this.#max = seconds;
  }

  value() {
    const counts = [...this.#counts];
    const count = counts.reduce((all, one) => all + one, 0);
    return {
      count,
      sum: this.#sum,
      min: this.#min,
      max: this.#max,
      buckets: { boundaries: [...this.#boundaries], counts },
    };
  }
}

/** The reader has the resource of the SDK, and leaves this one out. */
const noResource: ResourceMetrics["resource"] = {
  attributes: {},
  merge: (other) => other ?? noResource,
  getRawAttributes: () => [],
};

function now(): HrTime {
  const ms = performance.timeOrigin + performance.now();
  return [Math.floor(ms / 1_000), Math.round((ms % 1_000) * 1e6)];
}
