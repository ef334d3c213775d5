import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { createFileRegistry, fromBinary } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { runBuf } from "@mesh/codegen/generate/buf";
import { writeDependencies } from "@mesh/codegen/generate/dependencies";
import { positionOf } from "@mesh/codegen/position";
import { pathOf } from "../breaking/contracts.ts";
import { unboundedFields } from "./unbounded.ts";

const help = `Lists what callers from outside may send that has no bound: lists, maps, texts and bytes in the requests of exposed
methods. Each line says where it is and how to bound it.

  npm run contracts:lint

  --help  print this

A field that may be as big as it likes: say why in a line above it:

  // mesh:unbounded the service reads it as a stream

Exit codes: 0 all is bounded or accepted; 1 something is not; 2 the contracts do not compile, or the arguments are wrong.
`;

/** Lints the contracts from the command line; answers the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  try {
    const { values } = parseArgs({ args: [...args], options: { help: { type: "boolean", short: "h" } } });
    if (values.help) return end(help, 0);
  } catch (error) {
    const [reason] = (error instanceof Error ? error.message : String(error)).split(". ");
    return end(`${reason}: see --help\n`, 2);
  }
  const root = findRoot(process.cwd());
  return root ? lint(root) : end("there is no buf.yaml here or above: run this in the repository\n", 2);
}

async function lint(root: string): Promise<number> {
  await writeDependencies(root);
  const draft = await mkdtemp(join(tmpdir(), "mesh-lint-"));
  try {
    const image = join(draft, "image.binpb");
    const errors = await runBuf(root, ["build", "--output", image]);
    if (errors) return end(`${errors}\n`, 2);
    const lines = await problemLines(root, await readFile(image));
    const count = lines.length === 1 ? "1 field" : `${lines.length} fields`;
    if (lines.length > 0) return end(`${[...lines, `${count} without a bound`].join("\n")}\n`, 1);
    return end("everything that callers may send is bounded\n", 0);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** `proto/orders/v1/orders.proto:12:3: …`, in the order of the files. */
async function problemLines(root: string, image: Uint8Array): Promise<string[]> {
  const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, image));
  const files = [...registry.files].map((file) => file.proto.name);
  const paths = new Map(await Promise.all(files.map(async (name) => [name, await pathOf(root, name)] as const)));
  const isOwn = (name: string) =>
    !paths.get(name)?.includes("/.deps/") && existsSync(join(root, paths.get(name) ?? ""));
  const problems = unboundedFields(registry, (file) => isOwn(file.proto.name));
  const placed = problems.map(({ desc, text }) => ({ ...positionOf(desc), text }));
  placed.sort((a, b) => a.file.localeCompare(b.file) || a.line - b.line);
  return placed.map(({ file, line, column, text }) => `${paths.get(file)}:${line}:${column}: ${text}`);
}

function end(output: string, code: number): number {
  (code === 0 ? process.stdout : process.stderr).write(output);
  return code;
}

/** The folder of buf.yaml: this one or one above it. */
function findRoot(folder: string): string | undefined {
  if (existsSync(join(folder, "buf.yaml"))) return folder;
  const parent = dirname(folder);
  return parent === folder ? undefined : findRoot(parent);
}
