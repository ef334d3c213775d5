import { createNoopMeter, metrics } from "@opentelemetry/api";
import {
  AggregationTemporality,
  type HistogramMetricData,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { expect, onTestFinished, test } from "vitest";
import { createDurations, durationBuckets, Metering, produceDurations } from "../index.ts";

const scope = "@mesh/runtime";
const init = { scope, name: "test.duration", description: "Duration of tests." } as const;
const attributes = [{ kind: "a" }, { kind: "b", "error.type": "NOT_FOUND" }].map((one) => Object.freeze(one));
const measurements = [0, 0.005, 0.0051, 0.3, 10, 11, 0.004];

/** Collects what is measured with these producers. */
async function measured(isOwn: boolean) {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const metricProducers = isOwn ? [produceDurations()] : [];
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000, metricProducers });
  const provider = new MeterProvider({ readers: [reader] });
  metrics.setGlobalMeterProvider(provider);
  onTestFinished(() => metrics.disable());
  const metering = new Metering(scope, (meter) => createDurations(meter, init));
  for (const [at, seconds] of measurements.entries()) metering.instruments?.record(seconds, attributes[at % 2] ?? {});
  await provider.forceFlush();
  metrics.disable();
  const [result] = exporter.getMetrics();
  await provider.shutdown();
  return { resource: result?.resource.attributes, scopeMetrics: result?.scopeMetrics ?? [] };
}

test("durations that this process measures itself are those that the SDK measures", async () => {
  const bySdk = await measured(false);
  const own = await measured(true);
  expect(own.resource).toEqual(bySdk.resource);
  expect(own.scopeMetrics.map(({ scope: { name } }) => name)).toEqual([scope]);
  const [metric, ofSdk] = [own, bySdk].map(({ scopeMetrics }) => scopeMetrics[0]?.metrics[0] as HistogramMetricData);
  expect(metric?.descriptor).toMatchObject({ name: init.name, description: init.description, unit: "s" });
  expect(metric).toMatchObject({
    aggregationTemporality: ofSdk?.aggregationTemporality,
    dataPointType: ofSdk?.dataPointType,
    dataPoints: ofSdk?.dataPoints.map((point) => ({ attributes: point.attributes, value: point.value })),
  });
  expect(metric?.dataPoints[0]?.value.buckets.boundaries).toEqual(durationBuckets);
  for (const { startTime, endTime } of metric?.dataPoints ?? []) {
    expect(endTime[0] * 1e9 + endTime[1]).toBeGreaterThanOrEqual(startTime[0] * 1e9 + startTime[1]);
    expect(Math.abs(endTime[0] - Date.now() / 1_000)).toBeLessThan(60);
  }
});

// After the other test, which measures without a producer first.
test("attributes beyond a bound are measured together", async () => {
  const producer = produceDurations();
  const durations = createDurations(createNoopMeter(), { ...init, name: "test.crowd" });
  for (let number = 0; number < 2_500; number++) durations.record(1, { number });
  const { resourceMetrics } = await producer.collect();
  const metrics = resourceMetrics.scopeMetrics.flatMap((one) => one.metrics);
  const points = metrics.find(({ descriptor: { name } }) => name === "test.crowd")?.dataPoints ?? [];
  expect(points).toHaveLength(2_001);
  expect(points.at(-1)).toMatchObject({ attributes: { "otel.metric.overflow": true }, value: { count: 500 } });
});
