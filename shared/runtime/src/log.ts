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
}

/** A structured logger on standard output. */
export function createLogger({ name, level = "info", pretty: forPeople = process.stdout.isTTY }: LogOptions): Logger {
  const options = { name, level, base: { name } };
  if (!forPeople) return pino(options);
  return pino(options, pretty({ sync: true, ignore: "pid,hostname", translateTime: "SYS:HH:MM:ss.l" }));
}
