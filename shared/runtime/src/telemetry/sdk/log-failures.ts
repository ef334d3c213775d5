import { DiagLogLevel, diag } from "@opentelemetry/api";
import { setGlobalErrorHandler } from "@opentelemetry/core";
import type { Logger } from "../../log.ts";
import { RepeatedLines } from "../../repeated-lines.ts";

/** Writes what OpenTelemetry's SDK reports to the log of the process: at most one line of each kind every 10 s. */
export function logFailures(log: Logger): void {
  const lines = new RepeatedLines();
  const write = (level: "warn" | "error", fields: object) => {
    lines.count(level, (times) => log[level]({ ...fields, times }, "OpenTelemetry reports a problem"));
  };
  const ignore = () => {};
  const logger = {
    error: (detail: string) => write("error", { detail }),
    warn: (detail: string) => write("warn", { detail }),
    info: ignore,
    debug: ignore,
    verbose: ignore,
  };
  diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
  setGlobalErrorHandler((err) => {
    lines.count("export", (times) => log.warn({ err, times }, "telemetry could not be sent"));
  });
}
