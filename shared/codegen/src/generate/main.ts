import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { generate } from "./generate.ts";

/** Runs a generation from the command line; answers the exit code. */
export async function main(): Promise<number> {
  const started = performance.now();
  const { errors, written, removed } = await generate({ root: findRoot(process.cwd()) });
  if (errors) {
    process.stderr.write(`${errors}\n`);
    return 1;
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  process.stdout.write(`${written} files generated, ${removed} removed, in ${seconds} s\n`);
  return 0;
}

/** The folder of buf.yaml: this one or one above it. */
function findRoot(folder: string): string {
  if (existsSync(join(folder, "buf.yaml"))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error("there is no buf.yaml here or above");
  return findRoot(parent);
}
