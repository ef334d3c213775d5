import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** Folders that hold nothing of a project: packages, what is generated, and data. */
const leftOut = /(^|\/)(node_modules|dist|gen|\.deps|\.git|\.mesh|\.turbo)\//;

/**
 * A file of a project.
 *
 * @typedef {object} ProjectFile
 * @property {Buffer} content
 * @property {boolean} isExecutable
 */

/** The files of a project, by their path below its root, with `/`. @typedef {Map<string, ProjectFile>} ProjectFiles */

/**
 * Reads a Typemesh: what git knows of it if it is a repository, else all files but those that are generated.
 *
 * @param {string} root its folder
 * @returns {ProjectFiles}
 */
export function readSource(root) {
  const paths = existsSync(join(root, ".git")) ? trackedIn(root) : filesIn(root);
  return new Map(
    paths
      .filter((path) => existsSync(join(root, path)))
      .sort()
      .map((path) => [path, fileOf(join(root, path))]),
  );
}

/** @param {string} path @returns {ProjectFile} */
function fileOf(path) {
  return { content: readFileSync(path), isExecutable: (statSync(path).mode & 0o100) !== 0 };
}

/** @param {string} root */
function trackedIn(root) {
  const args = ["-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  return execFileSync("git", args, { encoding: "utf8", maxBuffer: 2 ** 28 })
    .split("\0")
    .filter(Boolean);
}

/** @param {string} root */
function filesIn(root) {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(root.length + 1)
        .replaceAll("\\", "/"),
    )
    .filter((path) => !leftOut.test(path));
}
