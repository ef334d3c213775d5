// Makes a clone ready to run: checks Node, installs what is missing, generates. Needs nothing but Node itself.
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { env, execPath, platform, versions } from "node:process";
import { generate } from "./generate.mjs";
import { createProgress } from "./progress.mjs";

/** The oldest Node that everything here runs on. */
const oldest = [20, 19];

/** A reason to stop that speaks for itself. */
export class PreparationError extends Error {}

/**
 * Makes a clone ready to run; what is ready stays as it is.
 *
 * @throws PreparationError that says what to do
 */
export async function prepare(root, progress = createProgress()) {
  checkNode();
  if (!isInstalled(root)) await progress.step("packages", () => install(root));
  await generate(root, progress);
}

/** Stops an older Node before it stumbles over something that it does not know. */
export function checkNode(version = versions.node) {
  const [major, minor] = version.split(".").map(Number);
  if (major > oldest[0] || (major === oldest[0] && minor >= oldest[1])) return;
  throw new PreparationError(`Node ${oldest.join(".")} or later is needed; this is ${version}: see https://nodejs.org`);
}

/** Whether the installed packages are those of the lockfile; npm keeps a list of what it installed. */
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
  // Warnings are left out: one package names a newer Node than it needs.
  const flags = ["--no-audit", "--no-fund", "--loglevel=error"];
  const { code, output } = await npm(root, ["ci", ...flags]);
  if (code === 0) return;
  const isOutdated = output.includes("package.json and package-lock.json");
  const again = isOutdated ? await npm(root, ["install", ...flags]) : { code, output };
  if (again.code !== 0) throw new PreparationError(`npm could not install the packages:\n${again.output}`);
}

/** Runs the npm that runs this, or else the one on PATH. */
function npm(root, args) {
  const script = env.npm_execpath?.endsWith(".js") ? env.npm_execpath : undefined;
  const [command, first] = script ? [execPath, [script]] : [platform === "win32" ? "npm.cmd" : "npm", []];
  return run(command, [...first, ...args], { cwd: root, shell: command.endsWith(".cmd") });
}

/** Runs a program quietly and returns what it said. */
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
