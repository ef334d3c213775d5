import { runCommand } from "@mesh/codegen/command";
import { type Comparison, findBreaks } from "./find-breaks.ts";
import { lineOf, recordOf, summary } from "./report.ts";

const help = `Compares the contracts with an older version, and lists the breaking changes and whom they affect.

  npm run contracts:breaking [-- --against <git ref>] [--json]

  --against <ref>  the commit, branch or tag to compare the working tree with
                   default: where this branch left the default branch (origin/HEAD, origin/main, main …);
                   on the default branch: HEAD if contracts have uncommitted changes, else the commit before it
  --json           print an array of the breaking changes, for programs
  --help           print this

To accept an intended breaking change, commit it with a footer as in Conventional Commits:

  BREAKING CHANGE: orders require an address

The output then lists all breaking changes of the files in that commit as accepted.

Exit codes: 0 no breaking changes, or all are accepted; 1 some are not accepted; 2 the comparison is impossible.
`;

/** Compares contracts from the command line. Returns the exit code. */
export function main(args: readonly string[]): Promise<number> {
  return runCommand(args, {
    help,
    options: { against: { type: "string" }, json: { type: "boolean" } },
    async run({ against, json }, root) {
      const comparison = await findBreaks({ root, ...(against !== undefined && { against }) });
      const output = json ? `${JSON.stringify(comparison.breaks.map(recordOf), undefined, 2)}\n` : text(comparison);
      return { output, exitCode: comparison.breaks.some(({ acceptedBy }) => !acceptedBy) ? 1 : 0 };
    },
  });
}

function text({ base, isChanged, breaks }: Comparison): string {
  if (!base) return "no older contracts to compare with: this is the first commit\n";
  if (!isChanged) return `no contract changed since ${base.name}\n`;
  const lines = breaks.map((one) => lineOf(one, base.commit));
  return [...lines, summary(breaks, base.name), ""].join("\n");
}
