import { createWriteStream, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { formatLine, levelOf } from "./log-line.ts";

/** Where the lines of an app go. */
export interface AppLog {
  /** A line that the app printed. */
  line(text: string): void;
  /** A line about the app. */
  notice(text: string): void;
  close(): void;
}

/** How an app's lines are shown. */
export interface AppLogOptions {
  readonly file: string;
  readonly show: (line: string) => void;
  /** For people, with colours and a prefix, instead of as they are. */
  readonly pretty: boolean;
  readonly prefix: string;
  /** While it says true, only what is a warning or worse is shown. */
  readonly isQuiet: () => boolean;
}

/** The level of a warning, as pino numbers them. */
const warning = 40;

/** Writes every line to a file, and shows those that matter. */
export function openAppLog({ file, show, pretty, prefix, isQuiet }: AppLogOptions): AppLog {
  mkdirSync(dirname(file), { recursive: true });
  const out = createWriteStream(file, { flags: "w" });
  out.once("error", (error) => show(`${prefix}its log can't be written: ${error.message}`));
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
