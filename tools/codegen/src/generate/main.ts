import { CommandError, runCommand } from "../command.ts";
import { generate } from "./generate.ts";

export { runJobs } from "./worker.ts";

const help = `Generates code from the contracts in proto/ into shared/contracts/gen. Code of contracts that did not change remains.

  npm run generate [-- --check]

  --check  generates all code, and also fails if a file had to change: it was older than its contract, or two runs differ
  --help   print this

Exit codes: 0 generated; 1 the contracts are wrong, or --check found a change; 2 an argument is wrong.
`;

/** Runs a generation from the command line. Returns the exit code. */
export function main(args: readonly string[]): Promise<number> {
  return runCommand(args, {
    help,
    options: { check: { type: "boolean" } },
    async run({ check }, root) {
      const started = performance.now();
      const { errors, written, removed } = await generate({ root, reuse: !check });
      if (errors) throw new CommandError(errors, 1);
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      const output = `${written} files generated, ${removed} removed, in ${seconds} s\n`;
      return { output, exitCode: check && written + removed > 0 ? 1 : 0 };
    },
  });
}
