import { createWriteStream, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { formatLine, levelOf } from "./log-line.ts";
import { StartOutput } from "./start-output.ts";

/** The log of an app: a file, and the terminal. */
export interface AppLog {
  /** Logs a line of the app's output. */
  line(text: string): void;
  /** Logs a message about the app. */
  notice(text: string): void;
  /** Begins a start of the app. @param attempt 1: what earlier starts printed is printed again */
  begin(attempt: number): void;
  /** Ends a start: the app is ready. */
  succeed(): void;
  /** Logs that the app failed. On the terminal, a failure that repeats the one before it is one short line. */
  fail(failure: AppFailure): void;
  close(): void;
}

/** A failure of an app; see `Failure` of the supervisor. */
interface AppFailure {
  readonly reason: string;
  readonly attempt: number;
  readonly pauseMs: number;
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
  const print = (line: string) => show(pretty ? indent(prefix, formatLine(line)) : line);
  const output = new StartOutput(print);
  const notice = (text: string) => {
    out.write(`${text}\n`);
    show(indent(prefix, text));
  };
  return {
    line(text) {
      out.write(`${text}\n`);
      const level = levelOf(text);
      const matters = level === undefined || level >= warning;
      if (matters || !isQuiet()) output.line(text, matters);
    },
    notice,
    begin: (attempt) => output.begin(attempt > 1),
    succeed: () => output.succeed(),
    fail({ reason, attempt, pauseMs }) {
      const isRepeated = output.fail(reason) && attempt > 1;
      const what = isRepeated ? `failed again with the same error (attempt ${attempt})` : reason;
      notice(`${what}; restarting it in ${pauseMs / 1000} s`);
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
