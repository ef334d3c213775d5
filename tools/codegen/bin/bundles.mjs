import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** What the last line of a bundle begins with. */
const mark = "\n//# inputs=";

/**
 * Returns true if a bundle was made from files that have the same content now. The bundle itself lists them, so that it can't
 * be mistaken for another that a process wrote at the same time.
 *
 * @param {string} file the path of the bundle
 */
export function isFresh(file) {
  try {
    const bundle = readFileSync(file);
    const at = bundle.lastIndexOf(mark);
    if (at < 0) return false;
    const { paths, hash } = JSON.parse(bundle.toString("utf8", at + mark.length));
    return hash === hashOf(paths);
  } catch {
    return false;
  }
}

/**
 * Writes a bundle in one step, with what it was made from. A file that changed meanwhile makes the bundle one that is never
 * fresh.
 *
 * @param {string} file the path of the bundle
 * @param {{ contents: Uint8Array, paths: readonly string[], started: number }} bundle its code, the paths of all files that
 *   it depends on, and the time in milliseconds before the first one was read
 */
export function publish(file, { contents, paths, started }) {
  const isSettled = paths.every((path) => statSync(path).mtimeMs < started);
  const inputs = isSettled ? mark + JSON.stringify({ paths, hash: hashOf(paths) }) : "";
  mkdirSync(dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, Buffer.concat([contents, Buffer.from(inputs)]));
  renameSync(draft, file);
}

/** @param {readonly string[]} paths */
function hashOf(paths) {
  const hash = createHash("sha256");
  for (const path of paths) hash.update(readFileSync(path)).update("\0");
  return hash.digest("hex");
}
