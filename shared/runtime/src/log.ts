import { createRequire } from "node:module";
import { type Logger, pino } from "pino";
import type { PinoPretty } from "pino-pretty";

export type { Logger } from "pino";

/** The log levels. Each includes those to its left. */
export const logLevels = ["silent", "fatal", "error", "warn", "info", "debug", "trace"] as const;
export type LogLevel = (typeof logLevels)[number];

/** Options of a logger. */
export interface LogOptions {
  /** The name of the process, in every line. */
  readonly name: string;
  /** Default: `info`. */
  readonly level?: LogLevel;
  /** Writes lines for people instead of JSON. Default: true if standard output is a terminal. */
  readonly pretty?: boolean;
  /** Receives the lines of JSON. Default: standard output. */
  readonly destination?: { write(line: string): void };
}

/**
 * Creates a structured logger.
 *
 * @example
 * ```ts
 * import { createLogger } from "@mesh/runtime";
 *
 * const log = createLogger({ name: "notes", level: "warn", pretty: false });
 * log.warn({ reason: "ECONNREFUSED" }, "lost the database; reconnecting");
 * ```
 */
export function createLogger(init: LogOptions): Logger {
  const { name, level = "info", destination, pretty: forPeople = !destination && process.stdout.isTTY } = init;
  const options = { name, level, base: { name } };
  if (!forPeople) return destination ? pino(options, destination) : pino(options);
  return pino(options, loadPretty()({ sync: true, ignore: "pid,hostname", translateTime: "SYS:HH:MM:ss.l" }));
}

/** Loads the writer for people when it is needed: in production, a start would wait for it in vain. */
function loadPretty(): typeof PinoPretty {
  // It exports this function.
  return createRequire(import.meta.url)("pino-pretty") as typeof PinoPretty;
}
