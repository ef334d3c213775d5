import { styleText } from "node:util";

/** Colors text on a terminal; returns it unchanged if the output is a file or a pipe. */
export function colored(style: Parameters<typeof styleText>[0], text: string): string {
  return process.stdout.isTTY ? styleText(style, text) : text;
}
