import * as z from "zod";
import { portText, urlSetting } from "../env.ts";
import type { Lifecycle } from "../lifecycle.ts";
import type { Logger } from "../log.ts";

/** What a process exports of its telemetry. */
export interface TelemetrySettings {
  /** The name in traces and metrics; default: the name of the process. */
  readonly serviceName: string | undefined;
  readonly version: string | undefined;
  /** Undefined: no traces are recorded. */
  readonly traces: TraceSettings | undefined;
  /** Where metrics can be read, at the path `/metrics`. Undefined: nowhere, and none are recorded. */
  readonly metrics: MetricsSettings | undefined;
}

/** Where and which traces are sent. */
export interface TraceSettings {
  /** Receives OTLP over HTTP, in protobuf. */
  readonly url: string;
  /** The part of the traces that begin here, from 0 to 1. */
  readonly share: number;
}

/** The address of a server of metrics. */
export interface MetricsSettings {
  readonly host: string;
  /** 0: the system chooses a free port. */
  readonly port: number;
}

/** The process whose telemetry is exported. */
export interface TelemetryOptions {
  /** The name of the process: that of its service. */
  readonly name: string;
  readonly life: Lifecycle;
  readonly log: Logger;
  /** Decides whether `/readyz`, at the address of the metrics, responds with 200 or with 503. Default: with 200. */
  readonly isReady?: () => boolean;
}

/** The longest that sending the last spans may take at the end of a process, in milliseconds. */
export const telemetryFlushMs = 2_000;

const endpointText = (path: string) => `the URL of a collector that receives OTLP over HTTP, such as ${path}`;
const base = endpointText("http://127.0.0.1:4318");
const tracesOnly = endpointText("http://127.0.0.1:4318/v1/traces");
const shareText = "the part of the traces to record, a number from 0 to 1";
const protocolText = "http/protobuf, the only protocol of OTLP that is built in";
const metricsText = `${portText}, for /metrics`;
const versionText = "the version of the program: up to 100 letters, digits and any of . + - _";

/**
 * Returns the schemas of the settings of telemetry. Those with the prefix `OTEL_` are OpenTelemetry's own; its SDK reads further ones
 * itself, such as OTEL_EXPORTER_OTLP_HEADERS and OTEL_RESOURCE_ATTRIBUTES.
 *
 * @example
 * ```ts
 * import { readSettings, telemetryShape } from "@mesh/runtime";
 *
 * readSettings(telemetryShape(), { METRICS_PORT: "9464" }).METRICS_PORT; // 9464
 * ```
 */
export function telemetryShape() {
  return {
    OTEL_SERVICE_NAME: z.string().optional(),
    OTEL_EXPORTER_OTLP_ENDPOINT: urlSetting("http", "https").optional().describe(base),
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: urlSetting("http", "https").optional().describe(tracesOnly),
    OTEL_EXPORTER_OTLP_PROTOCOL: z.literal("http/protobuf").optional().describe(protocolText),
    OTEL_TRACES_SAMPLER_ARG: z.coerce.number(shareText).min(0).max(1).optional().describe(shareText),
    METRICS_HOST: z.string().optional(),
    METRICS_PORT: z.coerce.number(metricsText).int().min(0).max(65_535).optional().describe(metricsText),
    MESH_VERSION: z
      .string()
      .regex(/^[\w.+-]{1,100}$/)
      .optional()
      .describe(versionText),
  };
}

/** What the settings depend on. */
export interface TelemetryDefaults {
  /** Where the process listens. */
  readonly host: string;
  /** Whether 1 % of the traces are recorded by default; otherwise all are. */
  readonly isProduction: boolean;
}

/**
 * Returns what a process exports by its settings, which `telemetryShape` describes.
 *
 * @example
 * ```ts
 * import { readSettings, telemetryOf, telemetryShape } from "@mesh/runtime";
 *
 * const settings = readSettings(telemetryShape(), { METRICS_PORT: "9464" });
 * telemetryOf(settings, { host: "127.0.0.1", isProduction: true }).metrics; // { host: "127.0.0.1", port: 9464 }
 * ```
 */
export function telemetryOf(
  settings: z.output<z.ZodObject<ReturnType<typeof telemetryShape>>>,
  { host, isProduction }: TelemetryDefaults,
): TelemetrySettings {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, METRICS_PORT: port } = settings;
  const url = settings.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? (endpoint && tracesUrlBelow(endpoint));
  const share = settings.OTEL_TRACES_SAMPLER_ARG ?? (isProduction ? 0.01 : 1);
  return {
    serviceName: settings.OTEL_SERVICE_NAME,
    version: settings.MESH_VERSION,
    traces: url === undefined ? undefined : { url, share },
    metrics: port === undefined ? undefined : { host: settings.METRICS_HOST ?? host, port },
  };
}

/** OpenTelemetry's rule for the endpoint of all kinds of telemetry. */
function tracesUrlBelow(endpoint: string): string {
  return new URL("v1/traces", endpoint.endsWith("/") ? endpoint : `${endpoint}/`).href;
}
