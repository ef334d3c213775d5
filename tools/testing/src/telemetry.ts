import { type Attributes, context, metrics, propagation, trace } from "@opentelemetry/api";
import {
  AggregationTemporality,
  type DataPoint,
  InMemoryMetricExporter,
  MeterProvider,
  type MetricData,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  type ReadableSpan,
  type Sampler,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-node";
import { onTestFinished } from "vitest";

/** What this process records with OpenTelemetry. */
export interface RecordedTelemetry {
  /** Returns the spans that have ended, in the order of their ends. */
  spans(): readonly ReadableSpan[];
  /** Returns the points of a metric; none if it was never recorded. */
  points(name: string): Promise<readonly Point[]>;
  /** Returns a metric; undefined: it was never recorded. */
  metric(name: string): Promise<MetricData | undefined>;
  /** Returns the names of all metrics. */
  names(): Promise<readonly string[]>;
}

/** A point of a metric: the sum of a counter, the value of a gauge, or the count of a histogram. */
export interface Point {
  readonly attributes: Attributes;
  readonly value: number;
}

/** Registers OpenTelemetry's SDK in this process until the test ends. @param sampler default: it records all traces */
export function recordTelemetry(sampler?: Sampler): RecordedTelemetry {
  const exporter = new InMemorySpanExporter();
  const tracers = new NodeTracerProvider({
    spanProcessors: [new SimpleSpanProcessor(exporter)],
    ...(sampler && { sampler }),
  });
  tracers.register();
  const collected = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  // Only `collect` reads.
  const reader = new PeriodicExportingMetricReader({ exporter: collected, exportIntervalMillis: 3_600_000 });
  const meters = new MeterProvider({ readers: [reader] });
  metrics.setGlobalMeterProvider(meters);
  onTestFinished(async () => {
    for (const api of [trace, context, propagation, metrics]) api.disable();
    await Promise.all([tracers.shutdown(), meters.shutdown()]);
  });

  async function all(): Promise<MetricData[]> {
    const { resourceMetrics } = await reader.collect();
    return resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics);
  }

  const metric = async (name: string) => (await all()).find(({ descriptor }) => descriptor.name === name);
  return {
    spans: () => exporter.getFinishedSpans(),
    metric,
    async points(name) {
      const points: readonly DataPoint<unknown>[] = (await metric(name))?.dataPoints ?? [];
      return points.map(({ attributes, value }) => ({ attributes, value: amountOf(value) }));
    },
    names: async () => (await all()).map(({ descriptor }) => descriptor.name),
  };
}

function amountOf(value: unknown): number {
  return typeof value === "number" ? value : Number(Reflect.get(Object(value), "count"));
}
