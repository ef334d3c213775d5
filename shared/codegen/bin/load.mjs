import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { buildSync, stop } from "esbuild";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const absent = join(root, "bin", "absent.cjs");

/**
 * Imports a TypeScript module of this package. Node 20 can't, so it is bundled first, every time: that takes
 * milliseconds, and a bundle that is up to date by construction needs no rule for when it is stale.
 */
export async function load(source) {
  const file = join(root, "dist", `${source.replaceAll("/", "-")}.mjs`);
  const { outputFiles } = buildSync({
    entryPoints: [join(root, "src", `${source}.ts`)],
    bundle: true,
    write: false,
    platform: "node",
    target: "node20",
    format: "esm",
    external: ["esbuild", "ts-proto", "ts-proto-descriptors"],
    alias: { typescript: absent, "@typescript/vfs": absent },
    logLevel: "error",
  });
  // Its process would otherwise last as long as ours.
  await stop();
  publish(file, outputFiles[0].contents);
  return import(pathToFileURL(file).href);
}

/** Replaces the file in one step and only where it differs: another generation may be reading it. */
function publish(file, contents) {
  if (existsSync(file) && readFileSync(file).equals(contents)) return;
  mkdirSync(dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, contents);
  renameSync(draft, file);
}
