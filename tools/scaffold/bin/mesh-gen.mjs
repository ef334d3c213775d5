#!/usr/bin/env node
// Bundles this package and runs it: its sources are TypeScript, which Node 20 does not run. The bundle is made anew each
// time: that takes milliseconds and needs no rule for when it is stale.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { buildSync } from "esbuild";

const folder = dirname(dirname(fileURLToPath(import.meta.url)));
const file = join(folder, "dist/main.mjs");
const { outputFiles } = buildSync({
  entryPoints: [join(folder, "src/main.ts")],
  bundle: true,
  write: false,
  platform: "node",
  target: "node20",
  format: "esm",
  external: ["rolldown/utils"],
  logLevel: "error",
});
const [{ contents }] = outputFiles;
if (!existsSync(file) || !readFileSync(file).equals(contents)) {
  mkdirSync(dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, contents);
  renameSync(draft, file);
}
const { main } = await import(pathToFileURL(file).href);
process.exitCode = await main(process.argv.slice(2), dirname(dirname(folder)));
