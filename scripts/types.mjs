// Checks the types of all packages. Those with the options of tsconfig.base.json are one program, because each alone would check
// the contracts and most of shared/ again. Turbo checks the others.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";

const root = join(import.meta.dirname, "..");
const readJson = (path) => JSON.parse(readFileSync(path, "utf8"));

const packages = readJson(join(root, "package.json"))
  .workspaces.flatMap(foldersOf)
  .filter((folder) => existsSync(join(folder, "tsconfig.json")) && existsSync(join(folder, "package.json")))
  .map((folder) => ({
    folder,
    config: readJson(join(folder, "tsconfig.json")),
    manifest: readJson(join(folder, "package.json")),
  }))
  .filter(({ manifest }) => manifest.scripts?.typecheck);
const plain = packages.filter(isPlain);
const others = packages.filter((one) => !plain.includes(one));

const program = join(root, "node_modules/.cache/typecheck/tsconfig.json");
const fromProgram = (path) => relative(join(program, ".."), path).replaceAll("\\", "/");
mkdirSync(join(program, ".."), { recursive: true });
const include = plain.flatMap(({ folder, config }) => config.include.map((path) => fromProgram(join(folder, path))));
writeFileSync(program, JSON.stringify({ extends: fromProgram(join(root, "tsconfig.base.json")), include }));

const filters = others.map(({ manifest }) => `--filter=${manifest.name}`);
const flags = ["--concurrency=100%", "--output-logs=errors-only", "--ui=stream", "--", "--singleThreaded"];
const codes = [
  run("node_modules/typescript/bin/tsc", ["--noEmit", "--singleThreaded", "-p", program]),
  // One package per core. More threads in each package would check the same types again.
  others.length > 0 ? run("node_modules/turbo/bin/turbo", ["run", "typecheck", ...filters, ...flags]) : 0,
];
process.exitCode = codes.every((code) => code === 0) ? 0 : 1;

/** Returns the folders of a pattern of workspaces: `gateway`, `shared/*`. */
function foldersOf(pattern) {
  const folder = join(root, pattern.replace(/\/\*$/, ""));
  if (!pattern.endsWith("/*")) return [folder];
  return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
}

/** Whether a package has no options of its own. */
function isPlain({ folder, config, manifest }) {
  const isBase = join(folder, config.extends ?? "") === join(root, "tsconfig.base.json");
  const isAlone = Object.keys(config).every((key) => key === "extends" || key === "include");
  return isBase && isAlone && config.include && manifest.scripts.typecheck === "tsc --noEmit";
}

/** Runs a program of a package. Returns its exit code. */
function run(path, args) {
  return spawnSync(process.execPath, [join(root, path), ...args], { cwd: root, stdio: "inherit" }).status ?? 1;
}
