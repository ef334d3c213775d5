import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { ProjectError } from "../project.mjs";

/**
 * Brings a Typemesh into a folder: another folder, a tarball (`.tgz`, `.tar.gz`, `.tar`), or a git URL with an optional tag or
 * branch after `#`.
 *
 * @param {string} source
 * @returns {{ folder: string, remove: () => void }} the folder, and a function that removes what was fetched
 * @throws {ProjectError} if there is no Typemesh
 */
export function fetchSource(source) {
  if (existsSync(source) && statSync(source).isDirectory()) {
    return { folder: typemeshIn(resolve(source), source), remove: () => {} };
  }
  const parent = mkdtempSync(join(tmpdir(), "typemesh-upgrade-"));
  const remove = () => rmSync(parent, { recursive: true, force: true, maxRetries: 10 });
  try {
    if (/\.(tgz|tar\.gz|tar)$/.test(source)) {
      if (!existsSync(source)) throw new ProjectError(`there is no file ${source}`);
      run("tar", ["-xf", resolve(source), "-C", parent], source);
    } else {
      const [url = "", name] = source.split("#");
      const branch = name === undefined ? [] : ["--branch", name];
      run("git", ["clone", "--quiet", "--depth", "1", ...branch, "--", url, join(parent, "typemesh")], source);
    }
    return { folder: typemeshIn(parent, source), remove };
  } catch (error) {
    remove();
    throw error;
  }
}

/** @param {string} command @param {readonly string[]} args @param {string} source */
function run(command, args, source) {
  const { status, stderr, error } = spawnSync(command, args, { encoding: "utf8" });
  if (status !== 0) throw new ProjectError(`${source} can't be read: ${(stderr || String(error)).trim()}`);
}

/** Returns the folder of Typemesh: the given one, or the only one in it, as in tarballs. @param {string} folder @param {string} source */
function typemeshIn(folder, source) {
  const [only = "", ...others] = readdirSync(folder);
  const candidates = others.length === 0 ? [folder, join(folder, only)] : [folder];
  const found = candidates.find((one) => existsSync(join(one, "tools/create/src/upgrade/merge.mjs")));
  if (!found) throw new ProjectError(`${source} is no Typemesh from 0.2.0 on`);
  return found;
}
