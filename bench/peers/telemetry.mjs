// The telemetry of a process in production: 1 % of the traces are sampled and sent by OTLP, and metrics are offered. What would be
// the collector drops the traces in this process.

import { createServer } from "node:http";
import { createLifecycle, createLogger, startTelemetry } from "@mesh/runtime";

/** Starts it. Resolves once spans are recorded. */
export async function observe() {
  const collector = createServer((request, response) => request.resume().once("end", () => response.end()));
  await new Promise((resolve) => {
    collector.listen(0, "127.0.0.1", resolve);
  });
  const url = `http://127.0.0.1:${collector.address().port}/v1/traces`;
  const log = createLogger({ name: "bench", level: "warn", pretty: false, destination: process.stderr });
  const settings = { traces: { url, share: 0.01 }, metrics: { host: "127.0.0.1", port: 0 } };
  await startTelemetry(settings, { name: "bench", life: createLifecycle({ log }), log });
}
