import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { git } from "../git.mjs";

/**
 * A change that a version needs in the files of a team.
 *
 * @typedef {object} Codemod
 * @property {string} title what it does, as an instruction: "Rename …"
 * @property {(path: string, text: string) => string} change returns the new text of a file
 */

/**
 * Changes the files of a team for all versions after one.
 *
 * @param {string} root the project
 * @param {string} source the folder of the new Typemesh
 * @param {string} from the version that the project had
 * @returns {Promise<{ title: string, paths: string[] }[]>} what was changed
 */
export async function runCodemods(root, source, from) {
  const folder = join(source, "tools/create/codemods");
  const done = [];
  for (const name of namesIn(folder)) {
    if (compareVersions(name.split("-")[0] ?? "", from) <= 0) continue;
    /** @type {Codemod} */
    const { title, change } = await import(pathToFileURL(join(folder, name)).href);
    done.push({ title, paths: changeFiles(root, change) });
  }
  return done.filter(({ paths }) => paths.length > 0);
}

/** @param {string} folder */
function namesIn(folder) {
  const names = readdirSync(folder).filter((name) => /^\d+\.\d+\.\d+-.*\.mjs$/.test(name));
  return names.sort((one, other) => compareVersions(one.split("-")[0] ?? "", other.split("-")[0] ?? ""));
}

/** @param {string} root @param {Codemod["change"]} change */
function changeFiles(root, change) {
  const { output } = git(root, ["ls-files", "-z", "services", "gateway", "web", "proto", "e2e"]);
  const paths = output.split("\0").filter((path) => /\.(tsx?|mjs|proto)$/.test(path));
  return paths.filter((path) => {
    const text = readFileSync(join(root, path), "utf8");
    const changed = change(path, text);
    if (changed === text) return false;
    writeFileSync(join(root, path), changed);
    return true;
  });
}

/**
 * Compares two versions of the form 1.2.3.
 *
 * @param {string} one
 * @param {string} other
 * @returns {number} negative, 0 or positive
 */
export function compareVersions(one, other) {
  const [left, right] = [one, other].map((version) => version.split(".").map(Number));
  for (const at of [0, 1, 2]) {
    const difference = (left?.[at] ?? 0) - (right?.[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
