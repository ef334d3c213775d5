import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { type Comparison, findBreaks } from "./breaking.ts";
import { CannotCompare } from "./cannot-compare.ts";
import { lineOf, recordOf, summary } from "./report.ts";

const help = `Finds what changed in the contracts that breaks somebody, and says who is hit.

  npm run contracts:breaking [-- --against <git ref>] [--json]

  --against <ref>  the commit, branch or tag to compare the working tree with
                   default: where this branch left the default branch (origin/HEAD, origin/main, main …);
                   on that branch with nothing changed: the commit before
  --json           print an array of the breaks, for programs
  --help           print this

A break that is meant: say so in a commit that changes the contract, by a footer as in Conventional Commits:

  BREAKING CHANGE: orders need an address

Breaks in that file since the commit compared with are listed as accepted then.

Exit codes: 0 nothing breaks, or all of it is accepted; 1 something breaks; 2 the comparison could not be made.
`;

/** Compares contracts from the command line; answers the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  try {
    const { against, json, help: isHelp } = parse(args);
    if (isHelp) return print(help);
    const comparison = await findBreaks({ root: findRoot(process.cwd()), ...(against !== undefined && { against }) });
    print(json ? `${JSON.stringify(comparison.breaks.map(recordOf), undefined, 2)}\n` : text(comparison));
    return comparison.breaks.some(({ acceptedBy }) => !acceptedBy) ? 1 : 0;
  } catch (error) {
    if (!(error instanceof CannotCompare)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 2;
  }
}

function parse(args: readonly string[]) {
  const options = {
    against: { type: "string" },
    json: { type: "boolean" },
    help: { type: "boolean", short: "h" },
  } as const;
  try {
    return parseArgs({ args: [...args], options, allowPositionals: false }).values;
  } catch (error) {
    const [reason] = (error instanceof Error ? error.message : String(error)).split(". ");
    throw new CannotCompare(`${reason}: see --help`);
  }
}

function text({ base, isChanged, breaks }: Comparison): string {
  if (!base) return "there is nothing older to compare with: this is the first commit\n";
  if (!isChanged) return `no contract changed since ${base.name}\n`;
  const lines = breaks.map((one) => lineOf(one, base.commit));
  return [...lines, summary(breaks, base.name), ""].join("\n");
}

function print(output: string): number {
  process.stdout.write(output);
  return 0;
}

/** The folder of buf.yaml: this one or one above it. */
function findRoot(folder: string): string {
  if (existsSync(join(folder, "buf.yaml"))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new CannotCompare("there is no buf.yaml here or above: run this in the repository");
  return findRoot(parent);
}
