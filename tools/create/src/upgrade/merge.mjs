import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { platform } from "node:process";
import { git, hasChanges } from "../git.mjs";
import { installPackages } from "../install.mjs";
import { ProjectError, projectFiles } from "../project.mjs";
import { readSource } from "../source.mjs";
import { baseOf } from "./base.mjs";
import { changesSince } from "./changes.mjs";
import { runCodemods } from "./codemods.mjs";
import { commitVersion } from "./version-commit.mjs";

/**
 * The result of a merge.
 *
 * @typedef {object} Merged
 * @property {string} from the version before
 * @property {string} to
 * @property {readonly string[]} changed a line for each file that the upgrade changes, as `git diff --name-status` prints it
 * @property {readonly string[]} conflicts the files with conflicts
 * @property {readonly string[]} stayRemoved the files that changed, but which the team has removed
 * @property {readonly { title: string, paths: readonly string[] }[]} codemods
 * @property {string} byHand the lines of the changelog on what has changed
 */

/**
 * Merges another version of Typemesh into a project, and changes the team's files as that version needs. Nothing is committed. With
 * `dryRun`, all of it happens in a copy that is removed.
 *
 * @param {string} root the folder of the project
 * @param {string} source the folder of the other Typemesh
 * @param {{ dryRun: boolean }} options
 * @returns {Promise<Merged>}
 * @throws {ProjectError} if it can't be merged
 */
export async function mergeVersion(root, source, { dryRun }) {
  const { name, typemesh } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const { version: to } = JSON.parse(readFileSync(join(source, "package.json"), "utf8"));
  if (!typemesh)
    throw new ProjectError(
      "package.json has no version of Typemesh: this is no project of create-typemesh or eject-example",
    );
  if (hasChanges(root)) throw new ProjectError("commit or stash your changes first");
  const base = baseOf(root, source);
  const files = projectFiles(readSource(source), { name, example: typemesh.example });
  const commit = commitVersion(root, base, files, to);
  const where = dryRun ? copyOf(root) : root;
  try {
    git(where, ["merge", "--no-ff", "--no-commit", "--quiet", commit]);
    const stayRemoved = unmerged(where, "DU");
    if (stayRemoved.length > 0) git(where, ["rm", "--quiet", "--", ...stayRemoved]);
    const conflicts = [...unmerged(where, "UU"), ...unmerged(where, "AA"), ...unmerged(where, "UD")];
    const codemods = conflicts.length > 0 ? [] : await runCodemods(where, source, typemesh.version);
    const changed = git(where, ["diff", "--name-status", "HEAD"]).output.split("\n").filter(Boolean);
    const changelog = readFileSync(join(source, "CHANGELOG.md"), "utf8");
    const byHand = changesSince(changelog, typemesh.version);
    return { from: typemesh.version, to, changed, conflicts, stayRemoved, codemods, byHand };
  } finally {
    if (dryRun) {
      git(root, ["worktree", "remove", "--force", where]);
      rmSync(where, { recursive: true, force: true });
    }
  }
}

/** @param {string} root */
function copyOf(root) {
  const copy = join(mkdtempSync(join(tmpdir(), "typemesh-dry-run-")), "project");
  const { ok, output } = git(root, ["worktree", "add", "--quiet", "--detach", copy, "HEAD"]);
  if (!ok) throw new ProjectError(output);
  return copy;
}

/** @param {string} root @param {string} state two letters of `git status`, such as UU */
function unmerged(root, state) {
  const lines = git(root, ["status", "--porcelain", "-z"]).output.split("\0");
  return lines.filter((line) => line.startsWith(`${state} `)).map((line) => line.slice(3));
}

/**
 * Installs the packages of a merged project, checks it, and commits the merge. If the check fails, everything is as before.
 *
 * @param {string} root
 * @param {Merged} merged
 * @throws {ProjectError} if the check failed
 */
export function finishMerge(root, { from, to }) {
  try {
    installPackages(root);
    const { status } = spawnSync("npm", ["run", "--silent", "check"], {
      cwd: root,
      stdio: "inherit",
      shell: platform === "win32",
    });
    if (status !== 0) throw new ProjectError("npm run check failed with the new version");
  } catch (error) {
    git(root, ["merge", "--abort"]);
    git(root, ["reset", "--quiet", "--hard", "HEAD"]);
    installPackages(root);
    throw error;
  }
  git(root, ["add", "--all"]);
  git(root, ["commit", "--quiet", "--message", `Upgrade Typemesh from ${from} to ${to}`]);
}
