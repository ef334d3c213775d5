import { spawnSync } from "node:child_process";
import { platform } from "node:process";
import { ProjectError } from "./project.mjs";

/** Installs the packages of a project, and generates code from its contracts. @param {string} root @throws {ProjectError} */
export function installPackages(root) {
  // The prefix keeps npm from the workspace that a folder above may be.
  const flags = ["install", "--prefix", root, "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"];
  const { status } = spawnSync("npm", flags, { cwd: root, stdio: "inherit", shell: platform === "win32" });
  if (status !== 0) throw new ProjectError(`npm install failed: repeat it in ${root}`);
}
