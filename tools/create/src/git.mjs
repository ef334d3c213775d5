import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname } from "node:path";

/**
 * The result of git.
 *
 * @typedef {object} GitResult
 * @property {boolean} ok
 * @property {string} output what it has printed, without the last line break
 */

/**
 * Runs git in a folder.
 *
 * @param {string} root
 * @param {readonly string[]} args
 * @param {{ input?: string, env?: Readonly<Record<string, string>> }} [options]
 * @returns {GitResult}
 */
export function git(root, args, { input, env } = {}) {
  const result = spawnSync("git", ["-C", root, ...identityOf(root), ...args], {
    encoding: "utf8",
    maxBuffer: 2 ** 28,
    ...(input !== undefined && { input }),
    env: { ...process.env, ...env },
  });
  const output = result.status === 0 ? result.stdout : result.stdout + result.stderr;
  return { ok: result.status === 0, output: output.replace(/\n$/, "") };
}

/** A machine without an identity can commit, too. @param {string} root */
function identityOf(root) {
  const { stdout } = spawnSync("git", ["-C", root, "config", "user.email"], { encoding: "utf8" });
  return stdout?.trim() ? [] : ["-c", "user.name=create-typemesh", "-c", "user.email=create-typemesh@localhost"];
}

/** Returns whether a folder is in a repository. @param {string} root */
export function isInRepository(root) {
  let folder = root;
  while (!existsSync(folder)) folder = dirname(folder);
  return git(folder, ["rev-parse", "--git-dir"]).ok;
}

/** Returns whether files of a repository differ from its last commit. @param {string} root */
export function hasChanges(root) {
  return git(root, ["status", "--porcelain"]).output !== "";
}

/**
 * Makes a folder a repository with one commit of all its files. Without git, there is no repository.
 *
 * @param {string} root
 * @param {string} message
 */
export function commitAll(root, message) {
  if (!git(root, ["init", "--quiet", "--initial-branch=main"]).ok) return;
  git(root, ["add", "--all"]);
  git(root, ["commit", "--quiet", "--message", message]);
}
