import { join } from "node:path";
import { CommandError, runCommand } from "@mesh/codegen/command";
import { positionOf, positionOfOption } from "@mesh/codegen/position";
import type { Problem } from "@mesh/codegen/problem";
import { type Contracts, compileContracts, withScratchFolder } from "../contracts/compile.ts";
import { sourceTree } from "../contracts/source-path.ts";
import { closedEnums } from "./closed-enums.ts";
import { unboundedFields } from "./unbounded-fields.ts";
import { unfillableFields } from "./unfillable-fields.ts";
import { ungrantedScopes } from "./ungranted-scopes.ts";

const help = `Lists the fields of unlimited size that external callers can send: lists, maps, strings and bytes in the requests of
exposed methods. Lists the fields of requests that no query can fill, such as a map in the request of a GET route, and enums in
events with defined_only. Each line gives the location and the fix.

Prints a warning for each scope of a method or a feed that no role has. It may be granted elsewhere.

  npm run contracts:lint

  --help  print this

To accept a field, give the reason in a comment above it:

  // mesh:unbounded the service reads it as a stream
  // mesh:not-in-query only other services set it
  // mesh:closed the law names these values

Above a method or an event, this accepts its scopes:

  // mesh:granted-elsewhere the identity provider of the warehouse grants it

Exit codes: 0 every field is right or accepted; 1 some are not; 2 the contracts do not compile, or wrong usage.
`;

/** Lints the contracts from the command line. Returns the exit code. */
export function main(args: readonly string[]): Promise<number> {
  return runCommand(args, {
    help,
    options: {},
    run: (_, root) =>
      withScratchFolder(async (folder) => {
        const contracts = await compileContracts(root, join(folder, "contracts.binpb"), "the working tree");
        const { lines, warnings } = await findingsOf(contracts);
        const count = lines.length === 1 ? "1 problem" : `${lines.length} problems`;
        if (lines.length > 0) throw new CommandError([...warnings, ...lines, count].join("\n"), 1);
        const right =
          "every field that external callers can send is bounded, a route can fill it, and events take new values of enums\n";
        return {
          output: [...warnings, right].join("\n"),
          exitCode: 0,
        };
      }),
  });
}

/** Returns lines such as `proto/orders/v1/orders.proto:12:3: …`, in the order of the files. */
async function findingsOf({ root, registry, options }: Contracts): Promise<Record<"lines" | "warnings", string[]>> {
  const { paths, isOwn: isOwnFile } = await sourceTree(root, registry);
  const linesOf = (problems: readonly Problem[], prefix = "") => {
    const located = problems.map(({ desc, text, option }) => {
      return { ...(option ? positionOfOption(desc, option) : positionOf(desc)), text };
    });
    located.sort((a, b) => a.file.localeCompare(b.file) || a.line - b.line);
    return located.map(({ file, line, column, text }) => `${paths.get(file)}:${line}:${column}: ${prefix}${text}`);
  };
  return {
    lines: linesOf([unboundedFields, unfillableFields, closedEnums].flatMap((find) => find(registry, isOwnFile))),
    warnings: linesOf(ungrantedScopes([...registry.files], options, isOwnFile), "warning: "),
  };
}
