import { styleText } from "node:util";

/** Colours text where somebody sees it; into a file or a pipe it goes plain. */
export function colored(style: Parameters<typeof styleText>[0], text: string): string {
  return process.stdout.isTTY ? styleText(style, text) : text;
}
