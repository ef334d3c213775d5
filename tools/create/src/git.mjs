import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname } from "node:path";

/** Runs git in a folder. @param {string} root @param {readonly string[]} args */
function git(root, args) {
  return spawnSync("git", ["-C", root, ...args], { encoding: "utf8", maxBuffer: 2 ** 28 });
}

/** Returns whether a folder is in a repository. @param {string} root */
export function isInRepository(root) {
  let folder = root;
  while (!existsSync(folder)) folder = dirname(folder);
  return git(folder, ["rev-parse", "--git-dir"]).status === 0;
}

/** Returns whether files of a repository differ from its last commit. @param {string} root */
export function hasChanges(root) {
  return git(root, ["status", "--porcelain"]).stdout.trim() !== "";
}

/**
 * Makes a folder a repository with one commit of all its files. Without git, there is no repository.
 *
 * @param {string} root
 * @param {string} message
 */
export function commitAll(root, message) {
  if (git(root, ["init", "--quiet", "--initial-branch=main"]).status !== 0) return;
  git(root, ["add", "--all"]);
  const { stdout: email } = git(root, ["config", "user.email"]);
  // A machine without an identity can still have the first commit.
  const identity = email.trim()
    ? []
    : ["-c", "user.name=create-typemesh", "-c", "user.email=create-typemesh@localhost"];
  git(root, [...identity, "commit", "--quiet", "--message", message]);
}
