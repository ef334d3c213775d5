import { stderr, stdout } from "node:process";
import { ProjectError } from "../project.mjs";
import { finishMerge, mergeVersion } from "./merge.mjs";

/**
 * Upgrades a project to the Typemesh of this file, and reports what happened. The command of the older version calls it.
 *
 * @param {string} root the folder of the project
 * @param {string} source the folder of this Typemesh
 * @param {{ dryRun: boolean }} options
 * @returns {Promise<number>} the exit code: 0 done; 1 there are conflicts, or it was undone
 */
export async function upgrade(root, source, { dryRun }) {
  try {
    const merged = await mergeVersion(root, source, { dryRun });
    if (merged.changed.length === 0) {
      stdout.write(`Nothing to do: the project has Typemesh ${merged.to}.\n`);
      return 0;
    }
    stdout.write(summaryOf(merged, dryRun));
    if (merged.conflicts.length > 0) return 1;
    if (dryRun) return 0;
    finishMerge(root, merged);
    stdout.write(`\nThe project has Typemesh ${merged.to}, in one commit. Now run npm test.\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof ProjectError)) throw error;
    stderr.write(`${error.message}\nNothing was changed.\n`);
    return 1;
  }
}

/** @param {import("./merge.mjs").Merged} merged @param {boolean} dryRun */
function summaryOf({ from, to, changed, conflicts, stayRemoved, codemods, byHand }, dryRun) {
  const count = (/** @type {string} */ letter) => changed.filter((line) => line.startsWith(letter)).length;
  const lines = [
    `Typemesh ${from} → ${to}${dryRun ? ", as it would be" : ""}`,
    `  ${count("A")} files added, ${count("M")} changed, ${count("D")} removed`,
    ...listed("These files stay removed, although the new version has changed them:", stayRemoved),
    ...codemods.flatMap(({ title, paths }) => listed(`${title}:`, paths)),
    ...listed("These files have conflicts, as git marks them:", conflicts),
  ];
  if (conflicts.length > 0 && !dryRun) {
    lines.push(
      "",
      "Resolve them, then: git add --all, npm install, npm run check, git commit.",
      "To undo: git merge --abort",
    );
  }
  if (byHand) lines.push("", "What may need a change by hand:", "", byHand);
  return `${lines.join("\n")}\n`;
}

/** @param {string} title @param {readonly string[]} paths */
function listed(title, paths) {
  return paths.length === 0 ? [] : ["", title, ...paths.map((path) => `  ${path}`)];
}
