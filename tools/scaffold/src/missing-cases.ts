import { existsSync } from "node:fs";
import { join } from "node:path";
import { runTool } from "./run.ts";

/** Where the errors of all services are told apart. */
const page = "web";

/**
 * What is to be done because a reason is new: each `switch` of the page that has no case for it stops compiling, on
 * purpose. The compiler finds them.
 */
export async function missingCases(root: string, reason: string): Promise<string[]> {
  const everywhere = "npm run typecheck names each switch that has no case for it";
  if (!existsSync(join(root, page, "tsconfig.json"))) return [everywhere];
  const { said } = await runTool(root, "typescript/bin/tsc", ["-p", page, "--noEmit", "--pretty", "false"]);
  const places = placesIn(said, reason);
  return [...places.map((place) => `${place}: add a case for ${reason}`), `${everywhere}, outside of ${page}/ too`];
}

/** The places of the errors that name a reason, one for each line; what else is wrong was so before. */
export function placesIn(said: string, reason: string): string[] {
  const found = said.split("\n").flatMap((line) => {
    const [, file, row, column, text] = /^(.+?)\((\d+),(\d+)\): error (.*)$/.exec(line) ?? [];
    return text?.includes(`"${reason}"`) ? [[`${file}:${row}`, `${file}:${row}:${column}`] as const] : [];
  });
  return [...new Map(found).values()];
}
