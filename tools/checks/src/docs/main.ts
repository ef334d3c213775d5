import { join, relative, resolve } from "node:path";
import { CommandError, runCommand } from "@mesh/codegen/command";
import { InvalidContracts } from "../contracts/compile.ts";
import { writeDocs } from "./write-docs.ts";

const help = `Writes a documentation site of the contracts: services, messages, events, errors, permissions. It needs no server.

  npm run docs [-- --output <folder>]

  --output <folder>  the folder to write to; default: site
  --help             print this

Exit codes: 0 written; 1 the contracts do not compile; 2 wrong usage.
`;

/** Writes the documentation site from the command line. Returns the exit code. */
export function main(args: readonly string[]): Promise<number> {
  return runCommand(args, {
    help,
    options: { output: { type: "string", short: "o" } },
    async run({ output }, root) {
      if (output === "") throw new CommandError("--output is empty: see --help");
      const folder = output === undefined ? join(root, "site") : resolve(output);
      const { pages } = await writeDocs({ root, output: folder }).catch(withExitCode);
      return { output: `${pages} pages in ${relative(process.cwd(), join(folder, "index.html"))}\n`, exitCode: 0 };
    },
  });
}

/** Exits with 1 for invalid contracts, so that scripts can distinguish them from wrong usage. */
function withExitCode(error: unknown): never {
  throw error instanceof InvalidContracts ? new CommandError(error.message, 1) : error;
}
