// Generates what the contracts define, unless nothing changed since the last time. Runs on install, too.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { argv, execPath, exit, stderr } from "node:process";
import { fileURLToPath } from "node:url";
import { createProgress } from "./progress.mjs";

/** What the generated code follows from. */
const sources = ["proto", "tools/codegen/src", "tools/codegen/bin", "buf.yaml", "buf.gen.yaml"];

/** Generates if need be. @throws Error with what the generator said */
export async function generate(root, progress = createProgress()) {
  const stamp = join(root, "shared/contracts/gen/.generated-from");
  const hash = hashOf(root);
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === hash) return;
  await progress.step("code from the contracts", () => runGenerator(root));
  writeFileSync(stamp, hash);
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

/** The packages that are installed. A service that is new is in the lockfile too, and changes no generator. */
function installedBy(lockfile) {
  if (!existsSync(lockfile)) return "";
  const { packages } = JSON.parse(readFileSync(lockfile, "utf8"));
  return JSON.stringify(Object.entries(packages).filter(([path, { link }]) => path.includes("node_modules/") && !link));
}

/** Files that are not hidden: `.deps` is written by the generator itself. */
function filesIn(path) {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  const names = readdirSync(path).filter((name) => !name.startsWith("."));
  return names.sort().flatMap((name) => filesIn(join(path, name)));
}

if (fileURLToPath(import.meta.url) === argv[1]) {
  const quiet = { step: (_title, work) => work() };
  await generate(dirname(import.meta.dirname), argv.includes("--quiet") ? quiet : undefined).catch((error) => {
    stderr.write(`${error.message}\n`);
    // A contract that is being worked on is no reason not to install.
    exit(argv.includes("--on-install") ? 0 : 1);
  });
}
