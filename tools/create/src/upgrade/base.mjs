import { git } from "../git.mjs";
import { ProjectError } from "../project.mjs";

/** The last line of the commits that have exactly the files of Typemesh. */
const trailer = "Typemesh-Version";

/** Returns the message of a commit that has the files of a version. @param {string} title @param {string} version */
export function versionMessage(title, version) {
  return `${title}\n\n${trailer}: ${version}\n`;
}

/**
 * Finds the commit from which a project has its present Typemesh: the one that `create-typemesh` or the last upgrade has made, or, in a clone,
 * the last one that it shares with Typemesh.
 *
 * @param {string} root
 * @param {string} source the folder of the new Typemesh
 * @returns {string} the id of the commit
 * @throws {ProjectError} if there is none
 */
export function baseOf(root, source) {
  const { output } = git(root, ["log", "--format=%H", "--max-count=1", `--grep=^${trailer}: `, "HEAD"]);
  if (output) return output;
  if (git(root, ["fetch", "--quiet", "--no-tags", source, "HEAD"]).ok) {
    const shared = git(root, ["merge-base", "HEAD", "FETCH_HEAD"]);
    if (shared.ok) return shared.output;
  }
  throw new ProjectError(
    "the version of Typemesh from which this project began is not in its history: upgrade from a folder or a git URL that shares it",
  );
}
