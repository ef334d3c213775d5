import { readFileSync } from "node:fs";

/** A setting, as an environment has it. */
export interface FoundSetting {
  /** Undefined: it is not set, or there is a problem. */
  readonly value?: string | undefined;
  /** The file that contains the value. */
  readonly file?: string;
  /** The reason why there is no value. Never contains what is in the file. */
  readonly problem?: string;
}

/**
 * Finds a setting `X` in the variable X, or in the file that the variable X_FILE names: its text without the last line break. An
 * empty variable counts as missing.
 *
 * @param others the names of the settings, which may contain X_FILE: then it is a setting of its own
 */
export function findSetting(
  name: string,
  env: Readonly<Record<string, string | undefined>>,
  others: Readonly<Record<string, unknown>>,
): FoundSetting {
  const value = env[name] || undefined;
  const file = `${name}_FILE` in others ? undefined : env[`${name}_FILE`];
  if (!file) return { value };
  if (value !== undefined) return { problem: `${name} and ${name}_FILE are both set; remove one of them` };
  try {
    const text = textOf(file);
    return text === "" ? { problem: problemOf(name, file, "is empty") } : { value: text, file };
  } catch (error) {
    return { problem: problemOf(name, file, `cannot be read: ${reasonOf(error)}`) };
  }
}

/** Drops a byte order mark, which editors on Windows write. @throws TypeError if the file is not UTF-8 */
function textOf(file: string): string {
  return new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(file)).replace(/\r?\n$/, "");
}

function problemOf(name: string, file: string, what: string): string {
  return `${name}_FILE is ${JSON.stringify(file)}, which ${what}; expected: a file that contains ${name}`;
}

/** Node's message also has the system call and the path: `ENOENT: no such file or directory, open '/run/x'`. */
function reasonOf(error: unknown): string {
  if (error instanceof TypeError) return "it is not text in UTF-8";
  return error instanceof Error ? error.message.replace(/, .*/, "") : String(error);
}
