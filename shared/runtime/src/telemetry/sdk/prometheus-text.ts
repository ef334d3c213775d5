import { PrometheusSerializer } from "@opentelemetry/exporter-prometheus";
import type { MetricData, ResourceMetrics } from "@opentelemetry/sdk-metrics";

/**
 * The endings of names by unit, as OpenTelemetry's rules for Prometheus have them and the collector adds them. The serializer adds
 * only `_total`. Source: https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/#metric-metadata-1
 */
const endings: Readonly<Record<string, string>> = { s: "_seconds", By: "_bytes", "1": "_ratio" };

/** Without the names of the packages that measure: no two have a metric of the same name. */
const serializer = new PrometheusSerializer(undefined, false, undefined, false, true);

/** Formats metrics as Prometheus reads them, in its text format 0.0.4. */
export function prometheusText({ resource, scopeMetrics }: ResourceMetrics): string {
  const renamed = scopeMetrics.map(({ scope, metrics }) => ({ scope, metrics: metrics.map(withUnit) }));
  return serializer.serialize({ resource, scopeMetrics: renamed });
}

function withUnit(metric: MetricData): MetricData {
  const { name, unit } = metric.descriptor;
  const ending = endings[unit] ?? "";
  // The serializer would write the unit as OpenTelemetry abbreviates it.
  return { ...metric, descriptor: { ...metric.descriptor, name: `${name}${ending}`, unit: "" } };
}
