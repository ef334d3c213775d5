import { existsSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { CannotCompare } from "../breaking/cannot-compare.ts";
import { FolderTaken, writeDocs } from "./docs.ts";

const help = `Writes pages on the contracts: services, messages, events, errors, permissions. They need no server.

  npm run docs [-- --output <folder>]

  --output <folder>  where the pages go; default: site
  --help             print this

Exit codes: 0 written; 1 the contracts do not compile; 2 wrong use.
`;

/** Writes the pages from the command line; answers the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const flags = parse(args);
  if (typeof flags === "string") return fail(2, flags);
  if (flags.help) return print(help);
  const root = findRoot(process.cwd());
  if (!root) return fail(2, "there is no buf.yaml here or above: run this in the repository");
  const output = flags.output === undefined ? join(root, "site") : resolve(flags.output);
  try {
    const { pages } = await writeDocs({ root, output });
    return print(`${pages} pages in ${relative(process.cwd(), join(output, "index.html"))}\n`);
  } catch (error) {
    if (error instanceof FolderTaken) return fail(2, error.message);
    if (error instanceof CannotCompare) return fail(1, error.message);
    throw error;
  }
}

function parse(args: readonly string[]): { output?: string; help?: boolean } | string {
  const options = { output: { type: "string", short: "o" }, help: { type: "boolean", short: "h" } } as const;
  try {
    const { output, help: isHelp } = parseArgs({ args: [...args], options, allowPositionals: false }).values;
    if (output === "") return "--output names no folder: see --help";
    return { ...(output !== undefined && { output }), ...(isHelp && { help: isHelp }) };
  } catch (error) {
    const [reason] = (error instanceof Error ? error.message : String(error)).split(". ");
    return `${reason}: see --help`;
  }
}

function print(text: string): number {
  process.stdout.write(text);
  return 0;
}

function fail(code: number, text: string): number {
  process.stderr.write(`${text}\n`);
  return code;
}

/** The folder of buf.yaml: this one or one above it. */
function findRoot(folder: string): string | undefined {
  if (existsSync(join(folder, "buf.yaml"))) return folder;
  return dirname(folder) === folder ? undefined : findRoot(dirname(folder));
}
