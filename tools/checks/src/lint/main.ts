import { existsSync } from "node:fs";
import { join } from "node:path";
import { CommandError, runCommand } from "@mesh/codegen/command";
import { positionOf } from "@mesh/codegen/position";
import { type Contracts, compileContracts, withScratchFolder } from "../contracts/compile.ts";
import { sourcePathsOf } from "../contracts/source-path.ts";
import { unboundedFields } from "./unbounded-fields.ts";

const help = `Lists the fields of unlimited size that external callers can send: lists, maps, strings and bytes in the requests of
exposed methods. Each line gives the location and a bound to add.

  npm run contracts:lint

  --help  print this

To accept a field without a bound, give the reason in a comment above it:

  // mesh:unbounded the service reads it as a stream

Exit codes: 0 every field is bounded or accepted; 1 some are not; 2 the contracts do not compile, or wrong usage.
`;

/** Lints the contracts from the command line. Returns the exit code. */
export function main(args: readonly string[]): Promise<number> {
  return runCommand(args, {
    help,
    options: {},
    run: (_, root) =>
      withScratchFolder(async (folder) => {
        const contracts = await compileContracts(root, join(folder, "contracts.binpb"), "the working tree");
        const lines = await problemLines(contracts);
        const count = lines.length === 1 ? "1 field has" : `${lines.length} fields have`;
        if (lines.length > 0) throw new CommandError([...lines, `${count} no bound`].join("\n"), 1);
        return { output: "every field that external callers can send is bounded\n", exitCode: 0 };
      }),
  });
}

/** Returns lines such as `proto/orders/v1/orders.proto:12:3: …`, in the order of the files. */
async function problemLines({ root, registry }: Contracts): Promise<string[]> {
  const files = [...registry.files].map((file) => file.proto.name);
  const paths = await sourcePathsOf(root, files);
  const isOwn = (name: string) =>
    !paths.get(name)?.includes("/.deps/") && existsSync(join(root, paths.get(name) ?? ""));
  const problems = unboundedFields(registry, (file) => isOwn(file.proto.name));
  const located = problems.map(({ desc, text }) => ({ ...positionOf(desc), text }));
  located.sort((a, b) => a.file.localeCompare(b.file) || a.line - b.line);
  return located.map(({ file, line, column, text }) => `${paths.get(file)}:${line}:${column}: ${text}`);
}
