import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { execPath } from "node:process";

/** The files that determine the generated code. */
const sources = [
  ...["proto", "shared/rpc/proto", "tools/testing/proto", "buf.yaml", "buf.gen.yaml"],
  ...["tools/codegen/src", "tools/codegen/bin"],
  // The modules that the generator imports.
  ...["http-status", "json-floats", "json-forms", "short-float"].map((name) => `shared/contracts/src/${name}.ts`),
];

/**
 * Generates code from the contracts of a clone, unless it is up to date.
 *
 * @param {string} root the folder of the clone
 * @param {Pick<import("../log/progress.mjs").Progress, "step">} progress
 * @throws Error with the generator's output
 */
export async function generate(root, progress) {
  const hash = hashOf(root);
  if (generation(root, hash) === "fresh") return;
  await progress.step("code from the contracts", () => runGenerator(root));
  writeFileSync(stampOf(root), hash);
}

/**
 * Returns whether the code of a clone was generated from its contracts as they are.
 *
 * @param {string} root the folder of the clone
 * @returns {"fresh" | "stale" | "missing"}
 */
export function generation(root, hash = hashOf(root)) {
  if (!existsSync(stampOf(root))) return "missing";
  return readFileSync(stampOf(root), "utf8") === hash ? "fresh" : "stale";
}

/** @param {string} root */
function stampOf(root) {
  return join(root, "shared/contracts/gen/.generated-from");
}

function runGenerator(root) {
  const script = join(root, "tools/codegen/bin/mesh-generate.mjs");
  return new Promise((resolve, reject) => {
    const child = spawn(execPath, [script], { cwd: root, stdio: ["ignore", "pipe", "pipe"], windowsHide: true });
    let output = "";
    child.stdout.on("data", (data) => (output += data));
    child.stderr.on("data", (data) => (output += data));
    child.once("error", reject);
    child.once("close", (code) => (code === 0 ? resolve() : reject(new Error(output.trim()))));
  });
}

function hashOf(root) {
  const hash = createHash("sha256");
  for (const path of sources.flatMap((source) => filesIn(join(root, source)))) {
    hash
      .update(`${relative(root, path)}\0`)
      .update(readFileSync(path))
      .update("\0");
  }
  hash.update(installedBy(join(root, "package-lock.json")));
  return hash.digest("hex");
}

/** Returns the installed packages, without those of the repository: a new service does not change the generators. */
function installedBy(lockfile) {
  if (!existsSync(lockfile)) return "";
  const { packages } = JSON.parse(readFileSync(lockfile, "utf8"));
  return JSON.stringify(Object.entries(packages).filter(([path, { link }]) => path.includes("node_modules/") && !link));
}

/** Lists files, without hidden ones: the generator itself writes `.deps`. */
function filesIn(path) {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  const names = readdirSync(path).filter((name) => !name.startsWith("."));
  return names.sort().flatMap((name) => filesIn(join(path, name)));
}
