import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeFiles } from "../create.mjs";
import { git } from "../git.mjs";
import { versionMessage } from "./base.mjs";
import { isOurs } from "./ours.mjs";

/**
 * Makes a commit after `base` in which the files of Typemesh are those of another version. It is on no branch.
 *
 * @param {string} root
 * @param {string} base the id of the commit with the files of the present version
 * @param {import("../source.mjs").ProjectFiles} files the files of a project with the other version
 * @param {string} version
 * @returns {string} the id of the commit
 */
export function commitVersion(root, base, files, version) {
  const folder = mkdtempSync(join(tmpdir(), "typemesh-version-"));
  try {
    const ours = new Map([...files].filter(([path]) => isOurs(path)));
    writeFiles(folder, ours);
    const paths = [...ours.keys()];
    const list = paths.map((path) => join(folder, path)).join("\n");
    const ids = checked(root, ["hash-object", "-w", "--no-filters", "--stdin-paths"], { input: list }).split("\n");
    const kept = checked(root, ["ls-tree", "-r", "-z", "--full-tree", base])
      .split("\0")
      .filter((line) => line !== "" && !isOurs(line.slice(line.indexOf("\t") + 1)));
    const added = paths.map((path, at) => `${modeOf(ours.get(path))} blob ${ids[at]}\t${path}`);
    const env = { GIT_INDEX_FILE: join(folder, ".index") };
    checked(root, ["update-index", "-z", "--index-info"], { input: `${[...kept, ...added].join("\0")}\0`, env });
    const tree = checked(root, ["write-tree"], { env });
    return checked(root, ["commit-tree", tree, "-p", base, "-m", versionMessage(`Typemesh ${version}`, version)]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {import("../source.mjs").ProjectFile | undefined} file */
function modeOf(file) {
  return file?.isExecutable ? "100755" : "100644";
}

/** @param {string} root @param {readonly string[]} args @param {Parameters<typeof git>[2]} [options] */
function checked(root, args, options) {
  const { ok, output } = git(root, args, options);
  if (!ok) throw new Error(`git ${args[0]} failed: ${output}`);
  return output;
}
