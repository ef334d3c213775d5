import { randomUUID } from "node:crypto";
import { detectResources, envDetector, type Resource, resourceFromAttributes } from "@opentelemetry/resources";
import { type TelemetryOptions, type TelemetrySettings, telemetryFlushMs } from "../telemetry-settings.ts";
import { logFailures } from "./log-failures.ts";

/** Registers the parts of OpenTelemetry's SDK that the settings ask for. Each is loaded only then. */
export async function registerSdk(
  settings: TelemetrySettings,
  { name, life, log, isReady }: TelemetryOptions,
): Promise<void> {
  const { traces, metrics } = settings;
  logFailures(log);
  const resource = resourceOf(settings, name);
  if (metrics) {
    const { serveMetrics } = await import("./serve-metrics.ts");
    const server = await serveMetrics(metrics, resource, isReady ?? (() => true));
    life.onClose("metrics", server.close);
    log.info({ address: `http://${metrics.host}:${server.port}/metrics` }, "offering metrics");
  }
  if (traces) {
    const { exportTraces } = await import("./export-traces.ts");
    const close = exportTraces(traces, resource);
    life.onClose("traces", () => within(telemetryFlushMs, close()));
  }
}

/** Describes the process in its telemetry. OTEL_RESOURCE_ATTRIBUTES adds to it. */
function resourceOf({ serviceName, version }: TelemetrySettings, name: string): Resource {
  const own = resourceFromAttributes({
    "service.name": name,
    "service.instance.id": randomUUID(),
    ...(version !== undefined && { "service.version": version }),
  });
  const given = detectResources({ detectors: [envDetector] });
  return own
    .merge(given)
    .merge(resourceFromAttributes(serviceName === undefined ? {} : { "service.name": serviceName }));
}

/** @throws Error if the work takes longer */
async function within(limitMs: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it took longer than ${limitMs} ms`)), limitMs);
  });
  await Promise.race([work, late]).finally(() => clearTimeout(timer));
}
