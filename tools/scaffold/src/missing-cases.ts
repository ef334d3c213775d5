import { existsSync } from "node:fs";
import { join } from "node:path";
import { runTool } from "./run.ts";

/** The folder of the frontend, which has a case for each error reason. */
const frontend = "web";

/**
 * Lists the steps that a new error reason requires. Each `switch` of the frontend without a case for it fails to compile
 * on purpose, so the compiler finds them.
 */
export async function missingCases(root: string, reason: string): Promise<string[]> {
  const everywhere = "npm run typecheck lists each switch without a case for it";
  if (!existsSync(join(root, frontend, "tsconfig.json"))) return [everywhere];
  const { output } = await runTool(root, "typescript/bin/tsc", ["-p", frontend, "--noEmit", "--pretty", "false"]);
  const lines = errorLines(output, reason);
  return [...lines.map((line) => `${line}: add a case for ${reason}`), `${everywhere}, also outside of ${frontend}/`];
}

/** Finds the compiler errors that mention a reason, one for each line. Other errors are unrelated. */
export function errorLines(output: string, reason: string): string[] {
  const found = output.split("\n").flatMap((line) => {
    const [, file, row, column, text] = /^(.+?)\((\d+),(\d+)\): error (.*)$/.exec(line) ?? [];
    return text?.includes(`"${reason}"`) ? [[`${file}:${row}`, `${file}:${row}:${column}`] as const] : [];
  });
  return [...new Map(found).values()];
}
