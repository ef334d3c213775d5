import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { generate } from "./generate.ts";

const help = `Generates code from the contracts in proto/, into shared/contracts/gen.

  npm run generate [-- --check]

  --check  also fails if a file had to change, as where the code is older than its contracts or differs from run to run
  --help   print this

Exit codes: 0 generated; 1 the contracts are wrong, or --check found a change; 2 an argument is wrong.
`;

/** Runs a generation from the command line; answers the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const flags = parse(args);
  if (!flags) return 2;
  if (!flags.help) return run(flags.check ?? false);
  process.stdout.write(help);
  return 0;
}

function parse(args: readonly string[]) {
  try {
    const options = { check: { type: "boolean" }, help: { type: "boolean", short: "h" } } as const;
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    const [reason] = (error instanceof Error ? error.message : String(error)).split(". ");
    process.stderr.write(`${reason}: see --help\n`);
    return undefined;
  }
}

async function run(isCheck: boolean): Promise<number> {
  const started = performance.now();
  const { errors, written, removed } = await generate({ root: findRoot(process.cwd()) });
  if (errors) {
    process.stderr.write(`${errors}\n`);
    return 1;
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  process.stdout.write(`${written} files generated, ${removed} removed, in ${seconds} s\n`);
  return isCheck && written + removed > 0 ? 1 : 0;
}

/** The folder of buf.yaml: this one or one above it. */
function findRoot(folder: string): string {
  if (existsSync(join(folder, "buf.yaml"))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error("there is no buf.yaml here or above");
  return findRoot(parent);
}
