// Imports no installed package: it runs before they are installed.
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { env, execPath, platform, versions } from "node:process";
import { createProgress } from "../log/progress.mjs";
import { generate } from "./generate.mjs";

/** The oldest supported Node, as major and minor version. */
const oldest = [20, 19];

/** Thrown if a clone cannot be prepared. The message is for people, and needs no stack. */
export class PreparationError extends Error {}

/**
 * Prepares a clone: checks the version of Node, installs missing packages, and generates code from the contracts. Skips
 * the steps that are already done.
 *
 * @throws PreparationError that says what to do
 */
export async function prepare(root, progress = createProgress()) {
  checkNode();
  checkPath(root);
  if (!isInstalled(root)) await progress.step("packages", () => install(root));
  await generate(root, progress);
}

/** Rejects an older Node, before it fails with a less clear error. @throws PreparationError */
export function checkNode(version = versions.node) {
  const [major, minor] = version.split(".").map(Number);
  if (major > oldest[0] || (major === oldest[0] && minor >= oldest[1])) return;
  throw new PreparationError(`Node ${oldest.join(".")} or later is needed; this is ${version}: see https://nodejs.org`);
}

/**
 * Rejects a folder whose path has a character that Vite takes for a part of a URL, or that the shell that PostgreSQL's initdb
 * uses replaces. @throws PreparationError
 */
export function checkPath(root) {
  const [character] = /[#?$`"]/.exec(root) ?? [];
  if (!character) return;
  throw new PreparationError(
    `the path ${root} contains ${character}, with which Vite or PostgreSQL fails: move the folder`,
  );
}

/** Returns whether the installed packages are those of the lockfile. npm writes a list of the packages it installed. */
export function isInstalled(root) {
  const installedFile = join(root, "node_modules", ".package-lock.json");
  if (!existsSync(installedFile)) return false;
  const wanted = packagesIn(join(root, "package-lock.json"));
  const installed = packagesIn(installedFile);
  return Object.entries(wanted).every(([path, wants]) => {
    if (!path.includes("node_modules/")) return true;
    const has = installed[path];
    return has ? has.version === wants.version && has.integrity === wants.integrity : wants.optional === true;
  });
}

function packagesIn(file) {
  return JSON.parse(readFileSync(file, "utf8")).packages;
}

async function install(root) {
  // No warnings: one package declares a newer Node than it needs.
  const flags = ["--no-audit", "--no-fund", "--loglevel=error"];
  const { code, output } = await npm(root, ["ci", ...flags]);
  if (code === 0) return;
  const isOutdated = output.includes("package.json and package-lock.json");
  const again = isOutdated ? await npm(root, ["install", ...flags]) : { code, output };
  if (again.code !== 0) throw new PreparationError(`npm could not install the packages:\n${again.output}`);
}

/** Runs the npm that started this process, or else the one on PATH; returns its exit code and output. */
export function npm(root, args) {
  const script = env.npm_execpath?.endsWith(".js") ? env.npm_execpath : undefined;
  const [command, first] = script ? [execPath, [script]] : [platform === "win32" ? "npm.cmd" : "npm", []];
  return run(command, [...first, ...args], { cwd: root, shell: command.endsWith(".cmd") });
}

/** Runs a program without showing its output; returns its exit code and output. */
function run(command, args, options) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"], windowsHide: true });
    let output = "";
    child.stdout.on("data", (data) => (output += data));
    child.stderr.on("data", (data) => (output += data));
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, output: output.trim() }));
  });
}
