import { z } from "zod";
import { logLevels } from "./log.ts";

/** Settings that are wrong: all of them at once, each with its variable, its value and what is expected. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
}

/** Variables whose values never appear in a message. */
const secret = /SECRET|PASSWORD|TOKEN|KEY/;

/**
 * Reads settings from environment variables: the only place where the environment is read. An empty variable counts
 * as missing.
 *
 * @param shape a zod schema for each variable; its `.describe()` text says what is expected
 * @throws SettingsError naming every variable that is wrong
 */
export function readSettings<S extends z.ZodRawShape>(
  shape: S,
  env: Readonly<Record<string, string | undefined>> = process.env,
): z.output<z.ZodObject<S>> {
  const given = Object.fromEntries(Object.keys(shape).map((name) => [name, env[name] || undefined]));
  const result = z.object(shape).safeParse(given);
  if (result.success) return result.data;
  const names = [...new Set(result.error.issues.map((issue) => String(issue.path[0])))];
  const lines = names.map((name) => `  ${name} is ${shown(name, env[name])}; expected: ${expectation(shape, name)}`);
  throw new SettingsError(`${names.length} wrong ${names.length === 1 ? "setting" : "settings"}:\n${lines.join("\n")}`);
}

/** Reads settings, or, where some are wrong, names them on standard error and ends the process with exit code 2. */
export function settingsOrExit<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(2);
  }
}

function shown(name: string, value: string | undefined): string {
  if (!value) return "not set";
  if (secret.test(name) || /password/i.test(value)) return "set, but not usable (its value is not shown)";
  return JSON.stringify(withoutLogin(value));
}

/** A URL, even a malformed one, without the user and the password that it may hold. */
function withoutLogin(value: string): string {
  return value.replace(/^(\w+:\/\/)?.*@/, "$1***@");
}

function expectation(shape: z.ZodRawShape, name: string): string {
  return (shape[name] as z.ZodType).description ?? "see the README's settings";
}

/** A port number; 0 lets the system choose. */
export function portSetting(fallback: number) {
  const text = "a port number from 0 to 65535";
  return z.coerce.number(text).int().min(0).max(65_535).default(fallback).describe(text);
}

/** A URL with one of the given schemes. */
export function urlSetting(...schemes: readonly string[]) {
  return z
    .string()
    .refine((url) => hasScheme(url, schemes))
    .describe(urlText(schemes));
}

/** The URLs of a cluster, each with one of the given schemes, separated by commas. */
export function urlListSetting(...schemes: readonly string[]) {
  return z
    .string()
    .refine((list) => list.split(",").every((url) => hasScheme(url.trim(), schemes)))
    .describe(`${urlText(schemes)}, or several, separated by commas`);
}

function hasScheme(url: string, schemes: readonly string[]): boolean {
  return URL.canParse(url) && schemes.includes(new URL(url).protocol.slice(0, -1));
}

function urlText(schemes: readonly string[]): string {
  return `a URL that starts with ${schemes.map((scheme) => `${scheme}://`).join(" or ")}`;
}

/** The longest that a timer of Node waits, in milliseconds; what is longer it does at once. */
const maxTimerMs = 2 ** 31 - 1;

/** A duration in milliseconds, up to about 24 days. */
export function durationSetting(fallbackMs: number) {
  const text = `a whole number of milliseconds from 1 to ${maxTimerMs}`;
  return z.coerce.number(text).int().min(1).max(maxTimerMs).default(fallbackMs).describe(text);
}

/** How much a process logs; default: info. */
export function logLevelSetting() {
  return z
    .enum(logLevels)
    .default("info")
    .describe(`one of ${logLevels.join(", ")}`);
}
