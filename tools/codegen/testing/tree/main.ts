import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import { tryInParts } from "./parts.ts";
import { readTree } from "./read-tree.ts";
import type { Outcome } from "./try-tree.ts";

const usage = `Tries contracts that are not ours: generates code for them, compiles it, imports it, and sends samples of all
messages there and back.

  node tools/codegen/scripts/try-tree.mjs [--only <path>]... <folder>...

  <folder>       the folder in which imports start; several folders form one tree
  --only <path>  the start of the paths to generate, such as google/api/; default: everything
  --all          print every problem, not the first 20
  --help         print this

Large trees are tried in parts. Progress is printed to stderr.
`;

/** Runs from the command line. Returns the exit code: 1 if there are problems, 2 if an argument is wrong. */
export async function main(args: readonly string[], repository: string): Promise<number> {
  const given = parsed(args);
  if (typeof given === "string") {
    process.stderr.write(`${given}\n\n${usage}`);
    return 2;
  }
  if (given.help) {
    process.stdout.write(usage);
    return 0;
  }
  try {
    printStep("read");
    const outcome = await tryInParts(await readTree(given), repository, printStep);
    process.stdout.write(report(outcome, given.all ? Number.POSITIVE_INFINITY : 20));
    return outcome.problems.length > 0 ? 1 : 0;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
}

/** Prints the progress of a run that takes minutes, to stderr, because the report goes to stdout. */
function printStep(step: string): void {
  process.stderr.write(`${step} …\n`);
}

function parsed(args: readonly string[]) {
  try {
    const options = {
      only: { type: "string", multiple: true },
      all: { type: "boolean" },
      help: { type: "boolean" },
    } as const;
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    const absent = positionals.find((folder) => !existsSync(folder));
    if (absent !== undefined) return `there is no folder ${absent}`;
    if (positionals.length === 0 && !values.help) return "name the folder of the contracts";
    return { folders: positionals, only: values.only ?? [], all: values.all ?? false, help: values.help ?? false };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function report({ files, messages, problems, took }: Outcome, most: number): string {
  const steps = Object.entries(took).map(([step, ms]) => `${step} ${(ms / 1000).toFixed(1)} s`);
  const lines = [`${files} files, ${messages} messages; ${steps.join(", ")}; ${problems.length} problems`];
  const shown = problems.slice(0, most);
  if (problems.length > shown.length) shown.push(`and ${problems.length - shown.length} more: --all prints them`);
  return `${[...lines, ...shown].join("\n")}\n`;
}
