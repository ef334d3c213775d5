import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { commitAll, isInRepository } from "./git.mjs";
import { installPackages } from "./install.mjs";
import { ProjectError, projectFiles } from "./project.mjs";
import { versionMessage } from "./upgrade/base.mjs";

/**
 * Creates a project in a folder: its files, a git repository with one commit, and the installed packages.
 *
 * @param {import("./source.mjs").ProjectFiles} source the files of Typemesh
 * @param {object} options
 * @param {string} options.folder absent or empty; its last part is the name of the project
 * @param {import("./example.mjs").Example} options.example
 * @param {boolean} options.install whether to install the packages, which also generates code
 * @param {(line: string) => void} options.report gets a line for each step
 * @throws {ProjectError} if the folder or its name can't be used, or the installation fails; files that were written remain
 */
export function createProject(source, { folder, example, install, report }) {
  const root = resolve(folder);
  const name = nameOf(root);
  if (existsSync(root) && readdirSync(root).length > 0) throw new ProjectError(`${folder} is not empty`);
  const files = projectFiles(source, { name, example });
  writeFiles(root, files);
  report(`${files.size} files`);
  if (install) {
    installPackages(root);
    report("packages, and code from the contracts");
  }
  const version = versionOf(files);
  if (isInRepository(root)) report("no repository, since the folder is in one");
  else {
    commitAll(root, versionMessage(`Start ${name} from Typemesh ${version}`, version));
    report("a git repository");
  }
}

/** @param {string} root @returns {string} */
function nameOf(root) {
  const name = basename(root);
  if (/^[a-z][a-z0-9-]{0,62}$/.test(name)) return name;
  throw new ProjectError(`"${name}" can't be the name of a project: use small letters, digits and hyphens`);
}

/** @param {import("./source.mjs").ProjectFiles} files */
function versionOf(files) {
  return JSON.parse(files.get("package.json")?.content.toString() ?? "{}").typemesh.version;
}

/**
 * Writes files below a folder.
 *
 * @param {string} root
 * @param {import("./source.mjs").ProjectFiles} files
 */
export function writeFiles(root, files) {
  for (const [path, { content, isExecutable }] of files) {
    const target = join(root, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, content);
    if (isExecutable) chmodSync(target, 0o755);
  }
}
