import { processGroup } from "../process-group.ts";
import type { TelemetryOptions, TelemetrySettings } from "./telemetry-settings.ts";

/**
 * Registers OpenTelemetry's SDK, by which the process sends its traces by OTLP and offers its metrics at `/metrics`, with `/livez` and `/readyz`. Loads the SDK only
 * if the settings ask for one of them. Call it before other parts are opened: it is closed after them, and sends what is left.
 *
 * @throws Error if the port of the metrics is in use
 *
 * @example
 * ```ts no-run
 * import { createLogger, readSettings, runProcess, startTelemetry, telemetryOf, telemetryShape } from "@mesh/runtime";
 *
 * const log = createLogger({ name: "notes" });
 * const settings = telemetryOf(readSettings(telemetryShape()), { host: "127.0.0.1", isProduction: true });
 * await runProcess({ log }, async (life) => {
 *   await startTelemetry(settings, { name: "notes", life, log });
 * });
 * ```
 */
export async function startTelemetry(settings: TelemetrySettings, options: TelemetryOptions): Promise<void> {
  const isDone = processGroup()?.hasTelemetry === true;
  if (isDone || (!settings.traces && !settings.metrics)) return;
  const { registerSdk } = await import("./sdk/register-sdk.ts");
  await registerSdk(settings, options);
}
