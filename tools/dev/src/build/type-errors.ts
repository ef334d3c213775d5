import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { explainHandlers } from "./explain-handlers.ts";
import { runWithLowPriority } from "./low-priority.ts";

/** Returns the nearest folder above a file that is a TypeScript project, or undefined if none below the root is. */
export function projectOf(root: string, file: string): string | undefined {
  for (let folder = dirname(file); folder.startsWith(root) && folder !== root; folder = dirname(folder)) {
    if (isProject(folder)) return folder;
  }
  return undefined;
}

/** Returns whether a folder is a TypeScript project. */
export function isProject(folder: string): boolean {
  return existsSync(join(folder, "tsconfig.json"));
}

/** Runs tsc on a project; returns its errors, each as file:line:column and text. Keeps no compiler in memory. */
export async function typeErrorsOf(root: string, folder: string, signal: AbortSignal): Promise<string[]> {
  const tsc = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin", "tsc");
  const args = [tsc, "--noEmit", "--pretty", "false", "-p", folder];
  const { stdout } = await runWithLowPriority(args, root, signal);
  // An indented line continues the error before it.
  return stdout.split(/\n(?!\s)/).flatMap((error) => toError(root, error));
}

/** Rewrites `src/a.ts(3,7): error TS2322: …` to `src/a.ts:3:7: TS2322: …`, which editors and terminals show as a link. */
function toError(root: string, line: string): string[] {
  const match = /^(.+?)\((\d+),(\d+)\): error (.*)$/s.exec(line);
  if (!match) return /^error /.test(line) ? [line] : [];
  const [, file = "", row, column, text = ""] = match;
  return [`${relative(root, join(root, file))}:${row}:${column}: ${explainHandlers(text).split("\n", 1)[0]}`];
}
