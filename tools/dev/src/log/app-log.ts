import { createWriteStream, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { formatLine, levelOf } from "./log-line.ts";

/** The log of an app: a file, and the terminal. */
export interface AppLog {
  /** Logs a line of the app's output. */
  line(text: string): void;
  /** Logs a message about the app. */
  notice(text: string): void;
  close(): void;
}

/** Settings of an app's log. */
export interface AppLogOptions {
  readonly file: string;
  /** Prints a line on the terminal. */
  readonly show: (line: string) => void;
  /** Whether to format JSON lines for people, and to prefix all lines. */
  readonly pretty: boolean;
  readonly prefix: string;
  /** While it returns true, only warnings and errors are printed. */
  readonly isQuiet: () => boolean;
}

/** The level of a warning in pino. */
const warning = 40;

/** Opens a log that writes every line to the file, and prints those that matter. */
export function openAppLog({ file, show, pretty, prefix, isQuiet }: AppLogOptions): AppLog {
  mkdirSync(dirname(file), { recursive: true });
  const out = createWriteStream(file, { flags: "w" });
  out.once("error", (error) => show(`${prefix}cannot write its log: ${error.message}`));
  return {
    line(text) {
      out.write(`${text}\n`);
      const level = levelOf(text);
      if (isQuiet() && level !== undefined && level < warning) return;
      show(pretty ? indent(prefix, formatLine(text)) : text);
    },
    notice(text) {
      out.write(`${text}\n`);
      show(indent(prefix, text));
    },
    close: () => void out.end(),
  };
}

function indent(prefix: string, text: string): string {
  return text
    .split("\n")
    .map((line) => `${prefix}${line}`)
    .join("\n");
}
