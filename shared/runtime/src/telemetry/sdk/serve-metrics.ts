import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { diag, metrics } from "@opentelemetry/api";
import type { Resource } from "@opentelemetry/resources";
import { MeterProvider, MetricReader } from "@opentelemetry/sdk-metrics";
import { produceDurations } from "../durations.ts";
import type { MetricsSettings } from "../telemetry-settings.ts";
import { measureProcess } from "./measure-process.ts";
import { prometheusText } from "./prometheus-text.ts";

/** A server of metrics that is listening. */
export interface MetricsServer {
  readonly port: number;
  close(): Promise<void>;
}

/** The longest that gauges may be read, in milliseconds: less than the 10 s that Prometheus waits. */
const collectMs = 5_000;

/** The most connections. Prometheus has one. */
const maxConnections = 50;

/** Reads metrics when they are asked for. */
class ScrapedReader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

/**
 * Registers an SDK that measures, and serves its metrics as Prometheus reads them, with `/livez` and `/readyz` for probes of an
 * orchestrator, which has no certificate of the mesh.
 *
 * @throws Error if the port is in use
 */
export async function serveMetrics(
  { host, port }: MetricsSettings,
  resource: Resource,
  isReady: () => boolean,
): Promise<MetricsServer> {
  const reader = new ScrapedReader({ metricProducers: [produceDurations()] });
  const provider = new MeterProvider({ resource, readers: [reader] });
  metrics.setGlobalMeterProvider(provider);
  measureProcess();
  const server = createServer(
    handlerOf(
      shared(() => collect(reader)),
      isReady,
    ),
  );
  server.maxConnections = maxConnections;
  server.listen(port, host);
  await once(server, "listening");
  return {
    // A server that listens on a port has an address of this type.
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
      await provider.shutdown();
    },
  };
}

async function collect(reader: MetricReader): Promise<string> {
  const { resourceMetrics, errors } = await reader.collect({ timeoutMillis: collectMs });
  if (errors.length > 0) diag.warn(`some metrics could not be read: ${errors.join("; ")}`);
  return prometheusText(resourceMetrics);
}

/** Has requests that come during a collection share it, so that many cost no more than one. */
function shared(read: () => Promise<string>): () => Promise<string> {
  let running: Promise<string> | undefined;
  return () => {
    running ??= read().finally(() => {
      running = undefined;
    });
    return running;
  };
}

function handlerOf(read: () => Promise<string>, isReady: () => boolean) {
  return async ({ method, url }: IncomingMessage, response: ServerResponse) => {
    const path = url?.split("?", 1)[0];
    if (path === "/livez") return response.writeHead(200).end();
    if (path === "/readyz") return response.writeHead(isReady() ? 200 : 503).end();
    if (path !== "/metrics") return response.writeHead(404).end();
    if (method !== "GET" && method !== "HEAD") return response.writeHead(405, { Allow: "GET, HEAD" }).end();
    try {
      const text = await read();
      response.writeHead(200, { "Content-Type": "text/plain; version=0.0.4; charset=utf-8" }).end(text);
    } catch (error) {
      diag.error(`metrics could not be read: ${error}`);
      response.writeHead(500).end();
    }
  };
}
