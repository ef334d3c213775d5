import * as z from "zod";
import { type FoundSetting, findSetting } from "./find-setting.ts";
import { logLevels } from "./log.ts";
import { processGroup } from "./process-group.ts";

/** Reports every wrong setting, with its variable, its value and the expected one. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
}

/**
 * Returns one error for all settings of several. Each is named once.
 *
 * @example
 * ```ts
 * import { joinSettingsErrors, SettingsError } from "@mesh/runtime";
 *
 * const errors = ["PORT", "HOST"].map((name) => new SettingsError(`1 wrong setting:\n  ${name} is not set`));
 * joinSettingsErrors(errors).message; // "2 wrong settings:\n  PORT is not set\n  HOST is not set"
 * ```
 */
export function joinSettingsErrors(errors: readonly SettingsError[]): SettingsError {
  const lines = [...new Set(errors.flatMap(({ message }) => message.split("\n").slice(1)))];
  return settingsErrorOf(lines);
}

function settingsErrorOf(lines: readonly string[]): SettingsError {
  return new SettingsError(
    `${lines.length} wrong ${lines.length === 1 ? "setting" : "settings"}:\n${lines.join("\n")}`,
  );
}

/** Describes all settings, and how to add one. */
const page = "docs/settings.md";

/** Matches the variables whose values never appear in a message. */
const secret = /SECRET|PASSWORD|TOKEN|KEY/;

/**
 * Reads settings from environment variables, or from the files that other variables name: with `X_FILE=/run/secrets/x` instead of
 * `X`, the value is the text of that file without the last line break. No other file reads the environment. An empty variable counts
 * as missing.
 *
 * @param shape a zod schema for each variable. Its `.describe()` text is the expectation in error messages.
 * @throws SettingsError with every variable that is wrong
 *
 * @example
 * ```ts
 * import { portSetting, readSettings, urlSetting } from "@mesh/runtime";
 *
 * const shape = { PORT: portSetting(4000), NATS_URL: urlSetting("nats", "tls") };
 * readSettings(shape, { NATS_URL: "nats://127.0.0.1:4222" }); // { PORT: 4000, NATS_URL: "nats://127.0.0.1:4222" }
 * ```
 */
export function readSettings<S extends z.ZodRawShape>(
  shape: S,
  env: Readonly<Record<string, string | undefined>> = process.env,
): z.output<z.ZodObject<S>> {
  const found = new Map(Object.keys(shape).map((name) => [name, findSetting(name, env, shape)]));
  const result = z.object(shape).safeParse(Object.fromEntries([...found].map(([name, { value }]) => [name, value])));
  // The first issue of each variable comes last, and wins.
  const issues = (result.error?.issues ?? []).toReversed().map((issue) => [String(issue.path[0]), issue] as const);
  const wrong = new Map(issues);
  const lines = [...found].flatMap(([name, setting]) =>
    lineOf(name, setting, shape[name] as z.ZodType, wrong.get(name)),
  );
  if (result.success && lines.length === 0) return result.data;
  throw settingsErrorOf(lines);
}

/** Returns the line about a setting that is wrong, or none. */
function lineOf(
  name: string,
  found: FoundSetting,
  schema: z.ZodType,
  issue: { message: string } | undefined,
): string[] {
  if (found.problem) return [`  ${found.problem}`];
  if (!issue) return [];
  const hint = found.value ? `${issue.message}; see ${page}` : `see ${page}`;
  const { description } = schema;
  return [`  ${name} is ${displayOf(name, found)}; ${description ? `expected: ${description}` : hint}`];
}

/**
 * Reads settings. If some are wrong, prints them on standard error and ends the process with exit code 2.
 *
 * @example
 * ```ts no-run
 * import { portSetting, readSettings, settingsOrExit } from "@mesh/runtime";
 *
 * const { PORT } = settingsOrExit(() => readSettings({ PORT: portSetting(4000) }));
 * ```
 */
export function settingsOrExit<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    const group = processGroup();
    // The group reports the settings of all its programs together.
    if (!(error instanceof SettingsError) || (group && !group.isRunning)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(2);
  }
}

function displayOf(name: string, { value, file }: FoundSetting): string {
  if (!value) return "not set";
  if (file) return `in the file ${JSON.stringify(file)}, but not usable (its value is not shown)`;
  if (secret.test(name) || /password/i.test(value)) return "set, but not usable (its value is not shown)";
  return JSON.stringify(withoutLogin(value));
}

/** Removes the user and the password from a URL, even from a malformed one. */
function withoutLogin(value: string): string {
  return value.replace(/^(\w+:\/\/)?.*@/, "$1***@");
}

/**
 * Returns the schema of a port number. 0 lets the system choose.
 *
 * @example
 * ```ts
 * import { portSetting } from "@mesh/runtime";
 *
 * portSetting(4000).parse("8080"); // 8080
 * portSetting(4000).parse(undefined); // 4000
 * ```
 */
export function portSetting(fallback: number) {
  return z.coerce.number(portText).int().min(0).max(65_535).default(fallback).describe(portText);
}

/** The expectation of a port number. */
export const portText = "a port number from 0 to 65535";

/**
 * Returns the schema of a switch: `on` or `off`.
 *
 * @example
 * ```ts
 * import { switchSetting } from "@mesh/runtime";
 *
 * switchSetting(true).parse("off"); // false
 * switchSetting(true).parse(undefined); // true
 * ```
 */
export function switchSetting(fallback: boolean) {
  return z
    .enum(["on", "off"])
    .default(fallback ? "on" : "off")
    .transform((value) => value === "on")
    .describe("on or off");
}

/**
 * Returns the schema of a URL with one of the given schemes.
 *
 * @example
 * ```ts
 * import { urlSetting } from "@mesh/runtime";
 *
 * urlSetting("nats", "tls").safeParse("http://127.0.0.1").success; // false
 * ```
 */
export function urlSetting(...schemes: readonly string[]) {
  return z
    .string()
    .refine((url) => hasScheme(url, schemes))
    .describe(urlText(schemes));
}

/**
 * Returns the schema of the URLs of a cluster, separated by commas, each with one of the given schemes.
 *
 * @example
 * ```ts
 * import { urlListSetting } from "@mesh/runtime";
 *
 * urlListSetting("nats").parse("nats://a:4222,nats://b:4222"); // "nats://a:4222,nats://b:4222"
 * ```
 */
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

/** The longest delay of a timer in Node, in milliseconds. A timer with a longer one fires immediately. */
const maxTimerMs = 2 ** 31 - 1;

/**
 * Returns the schema of a duration in milliseconds, up to about 24 days.
 *
 * @example
 * ```ts
 * import { durationSetting } from "@mesh/runtime";
 *
 * durationSetting(500).parse("250"); // 250
 * durationSetting(500).safeParse("0").success; // false
 * ```
 */
export function durationSetting(fallbackMs: number) {
  const text = `a whole number of milliseconds from 1 to ${maxTimerMs}`;
  return z.coerce.number(text).int().min(1).max(maxTimerMs).default(fallbackMs).describe(text);
}

/**
 * Returns the schema of a log level. Default: `info`.
 *
 * @example
 * ```ts
 * import { logLevelSetting } from "@mesh/runtime";
 *
 * logLevelSetting().parse(undefined); // "info"
 * ```
 */
export function logLevelSetting() {
  return z
    .enum(logLevels)
    .default("info")
    .describe(`one of ${logLevels.join(", ")}`);
}
