// OpenTelemetry's SDK as docs/telemetry.md registers it: 1 % of the traces are sampled, spans are sent in batches, and metrics
// at times. The exporters drop them, because the cost of sending is that of the collector's protocol.
import { produceDurations, sampleTraces } from "@mesh/runtime";
import { metrics } from "@opentelemetry/api";
import { MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import { BatchSpanProcessor, NodeTracerProvider } from "@opentelemetry/sdk-trace-node";

/** The part of the traces that is sampled. */
const sampled = 0.01;

/** The time between two exports of the metrics, in milliseconds. */
const exportIntervalMillis = 10_000;

const dropping = {
  export: (_items, done) => done({ code: 0 }),
  forceFlush: async () => {},
  shutdown: async () => {},
};

/** Registers the SDK in this process: `on`, or `context-free`, which is without a context manager. */
export function registerTelemetry(sdk) {
  sampleTraces(sampled);
  new NodeTracerProvider({ spanProcessors: [new BatchSpanProcessor(dropping)] }).register(
    sdk === "context-free" ? { contextManager: null } : {},
  );
  const reader = new PeriodicExportingMetricReader({
    exporter: dropping,
    exportIntervalMillis,
    metricProducers: [produceDurations()],
  });
  metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));
}
