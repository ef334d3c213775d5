import { type Logger, pino } from "pino";
import pretty from "pino-pretty";

export type { Logger } from "pino";

/** How much is logged: each level includes those to its left. */
export const logLevels = ["silent", "fatal", "error", "warn", "info", "debug", "trace"] as const;
export type LogLevel = (typeof logLevels)[number];

/** How logs are written. */
export interface LogOptions {
  /** Which part of the mesh is speaking. */
  readonly name: string;
  /** Default: `info`. */
  readonly level?: LogLevel;
  /** Lines for people instead of JSON; default: whether standard output is a terminal. */
  readonly pretty?: boolean;
  /** Where JSON lines go; default: standard output. */
  readonly destination?: { write(line: string): void };
}

/** A structured logger. */
export function createLogger(init: LogOptions): Logger {
  const { name, level = "info", destination, pretty: forPeople = !destination && process.stdout.isTTY } = init;
  const options = { name, level, base: { name } };
  if (!forPeople) return destination ? pino(options, destination) : pino(options);
  return pino(options, pretty({ sync: true, ignore: "pid,hostname", translateTime: "SYS:HH:MM:ss.l" }));
}
