import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { context, metrics, propagation, trace } from "@opentelemetry/api";
import { expect, onTestFinished, test, vi } from "vitest";
import { readSettings } from "../env.ts";
import {
  createDurations,
  createLifecycle,
  createLogger,
  drawTrace,
  endSpan,
  newTrace,
  sampleTraces,
  startSpan,
  startTelemetry,
  type TelemetrySettings,
  Tracing,
  telemetryOf,
  telemetryShape,
} from "../index.ts";

/** Starts the telemetry of a process with these settings. */
async function start(env: Readonly<Record<string, string>>, isReady?: () => boolean) {
  const logged: Record<string, unknown>[] = [];
  const destination = { write: (line: string) => void logged.push(JSON.parse(line)) };
  const log = createLogger({ name: "notes", destination });
  const life = createLifecycle({ log });
  onTestFinished(async () => {
    await life.close();
    for (const api of [trace, context, propagation, metrics]) api.disable();
    sampleTraces(1);
  });
  await startTelemetry(settingsOf(env), { name: "notes", life, log, ...(isReady && { isReady }) });
  const [offer] = logged.filter(({ msg }) => msg === "offering metrics");
  return { life, logged, page: String(offer?.address) };
}

function settingsOf(env: Readonly<Record<string, string>>, isProduction = false): TelemetrySettings {
  return telemetryOf(readSettings(telemetryShape(), env), { host: "127.0.0.1", isProduction });
}

/** Starts a collector. Returns its URL, and the paths of the requests. */
async function openCollector(status = 200) {
  const paths: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    paths.push(request.url);
    request.resume().once("end", () => response.writeHead(status).end());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  // A server that listens on a port has an address of this type.
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, paths };
}

/** Records a span. */
function record(): void {
  const { tracer } = new Tracing("@mesh/runtime");
  if (!tracer) throw new Error("no SDK is registered");
  const { span } = startSpan(tracer, "work", {}, undefined);
  if (span) endSpan(span);
}

test("nothing is registered by default", async () => {
  await start({});
  expect(new Tracing("@mesh/runtime").tracer).toBeUndefined();
});

test("settings are those of OpenTelemetry", () => {
  const traces = (env: Readonly<Record<string, string>>, isProduction?: boolean) =>
    settingsOf(env, isProduction).traces;
  const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: "https://collector/otlp" };
  expect(traces({})).toBeUndefined();
  expect(traces(endpoint)).toEqual({ url: "https://collector/otlp/v1/traces", share: 1 });
  expect(traces(endpoint, true)).toMatchObject({ share: 0.01 });
  expect(traces({ ...endpoint, OTEL_TRACES_SAMPLER_ARG: "0.2" }, true)).toMatchObject({ share: 0.2 });
  const own = { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://traces/in" };
  expect(traces({ ...endpoint, ...own })).toMatchObject({ url: "http://traces/in" });
  expect(() => traces({ OTEL_TRACES_SAMPLER_ARG: "2", OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" })).toThrow(
    /^2 wrong settings/,
  );
  expect(settingsOf({ METRICS_PORT: "9464", METRICS_HOST: "10.0.0.1" }).metrics).toEqual({
    host: "10.0.0.1",
    port: 9464,
  });
});

test("the end of a process sends the spans that are left", async () => {
  const { url, paths } = await openCollector();
  const { life, logged } = await start({ OTEL_EXPORTER_OTLP_ENDPOINT: url });
  record();
  await life.close();
  expect(paths).toEqual(["/v1/traces"]);
  expect(logged).toEqual([]);
});

test("the log has that a collector rejects spans, once while it does", async () => {
  const { url, paths } = await openCollector(400);
  vi.stubEnv("OTEL_BSP_SCHEDULE_DELAY", "10");
  onTestFinished(() => void vi.unstubAllEnvs());
  const { logged } = await start({ OTEL_EXPORTER_OTLP_ENDPOINT: url });
  for (let sent = 1; sent <= 3; sent += 1) {
    record();
    await vi.waitFor(() => expect(paths).toHaveLength(sent));
  }
  await vi.waitFor(() => expect(logged).not.toEqual([]));
  expect(logged).toMatchObject([{ level: 40, msg: "telemetry could not be sent", times: 1 }]);
});

test("a process does not wait for a collector that does not respond", async () => {
  const server = createServer(() => {}).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { life, logged } = await start({
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  });
  record();
  await life.close();
  expect(logged).toMatchObject([{ part: "traces", err: { message: "it took longer than 2000 ms" } }]);
});

test("probes find out whether a process lives, and whether it is ready", async () => {
  let isReady = false;
  const { page } = await start({ METRICS_PORT: "0" }, () => isReady);
  const ask = async (path: string) => (await fetch(new URL(path, page))).status;
  expect(await Promise.all(["/livez", "/readyz", "/ready"].map(ask))).toEqual([200, 503, 404]);
  isReady = true;
  expect(await ask("/readyz")).toBe(200);
});

test("metrics have the units of Prometheus in their names", async () => {
  const { page } = await start({ METRICS_PORT: "0", MESH_VERSION: "1.2" });
  const meter = metrics.getMeter("test");
  meter.createCounter("sent", { unit: "By", description: "What was sent." }).add(7, { to: 'a "b"\n\\' });
  meter.createCounter("calls", { unit: "{call}" }).add(2);
  meter.createObservableGauge("load", { unit: "1" }).addCallback((result) => result.observe(0.5));
  createDurations(meter, { scope: "@mesh/runtime", name: "work.duration", description: "Work." }).record(0.02, {});
  const response = await fetch(page);
  const text = await response.text();
  expect(text).toMatch(
    /^target_info\{service_name="notes",service_instance_id="[\da-f-]{36}",service_version="1.2"\} 1$/m,
  );
  expect(text).toContain(
    '# HELP sent_bytes_total What was sent.\n# TYPE sent_bytes_total counter\nsent_bytes_total{to="a \\"b\\"\\n\\\\"} 7\n',
  );
  expect(text).toContain("\ncalls_total 2\n");
  expect(text).toContain("\nload_ratio 0.5\n");
  expect(text).toContain('\nwork_duration_seconds_bucket{le="0.025"} 1\n');
  expect(text).toContain("\nwork_duration_seconds_sum 0.02\n");
});

test("the event loop and the memory of the process are measured", async () => {
  const { page } = await start({ METRICS_PORT: "0" });
  const read = async (name: string) =>
    Number(new RegExp(`^${name} (\\S+)$`, "m").exec(await (await fetch(page)).text())?.[1]);
  await vi.waitFor(async () => expect(await read("nodejs_eventloop_delay_max_seconds")).toBeGreaterThanOrEqual(0));
  expect(await read("nodejs_eventloop_delay_p99_seconds")).toBeGreaterThanOrEqual(0);
  expect(await read("nodejs_eventloop_utilization_ratio")).toBeLessThanOrEqual(1);
  expect(await read("process_memory_usage_bytes")).toBeGreaterThan(10e6);
  expect(await read("typemesh_heap_limit_bytes")).toBeGreaterThan(10e6);
  expect(await read('v8js_memory_heap_used_bytes\\{v8js_heap_space_name="old_space"\\}')).toBeGreaterThan(1e6);
  expect(await read('process_cpu_time_seconds_total\\{cpu_mode="user"\\}')).toBeGreaterThan(0);
});

test("other requests are rejected, and a gauge that fails does not fail the page", async () => {
  const { page, logged } = await start({ METRICS_PORT: "0" });
  metrics
    .getMeter("test")
    .createObservableGauge("broken")
    .addCallback(() => {
      throw new Error("no value");
    });
  const statusOf = async (path: string, init?: RequestInit) => (await fetch(new URL(path, page), init)).status;
  expect(await statusOf("/")).toBe(404);
  expect(await statusOf("/metrics", { method: "POST" })).toBe(405);
  expect(await statusOf("/metrics?x=1", { method: "HEAD" })).toBe(200);
  expect(await (await fetch(page)).text()).toContain("target_info");
  await vi.waitFor(() =>
    expect(logged.at(-1)).toMatchObject({ level: 40, detail: expect.stringContaining("no value") }),
  );
});

test("requests at the same time share one collection", async () => {
  const { page } = await start({ METRICS_PORT: "0" });
  let reads = 0;
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  metrics
    .getMeter("test")
    .createObservableGauge("slow")
    .addCallback(async (result) => {
      reads += 1;
      await held;
      result.observe(reads);
    });
  const pages = Array.from({ length: 5 }, async () => (await fetch(page)).text());
  await vi.waitFor(() => expect(reads).toBe(1));
  // One more request has been read by the server before the first is released.
  await fetch(new URL("/", page));
  release();
  expect(new Set(await Promise.all(pages)).size).toBe(1);
  expect(reads).toBe(1);
});

test("a port that is in use fails the start", async () => {
  const { page } = await start({ METRICS_PORT: "0" });
  await expect(start({ METRICS_PORT: new URL(page).port })).rejects.toThrow("EADDRINUSE");
});

test("a trace that a client has begun is drawn like one that begins here", async () => {
  const { url } = await openCollector();
  await start({ OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_TRACES_SAMPLER_ARG: "0" });
  const received = { ...newTrace(), sampled: true };
  expect(drawTrace(received)).toEqual({ traceId: received.traceId, spanId: received.spanId, sampled: false });
  sampleTraces(1);
  expect(drawTrace(received)).toBe(received);
});
