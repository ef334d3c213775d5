import { mkdirSync, readdirSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { isOfShop, isOfTypemesh } from "./example.mjs";
import { hasChanges } from "./git.mjs";
import { projectManifest } from "./manifest.mjs";
import { fileAt, hasFolder, ProjectError, readTemplate, rejectDependents } from "./project.mjs";
import { routerWithoutShop } from "./router.mjs";
import { readSource } from "./source.mjs";
import { projectWorkflow, workflow } from "./workflow.mjs";

/** @typedef {import("./source.mjs").ProjectFiles} ProjectFiles */

const router = "gateway/src/router.ts";

/**
 * Removes the shop from a repository, and what only those need who develop Typemesh. What a team has added stays.
 *
 * @param {string} root the folder of the repository
 * @returns {{ removed: number, changed: number }} the numbers of files
 * @throws {ProjectError} if there is no shop, files of the team need it, or changes are not committed; nothing is changed then
 */
export function ejectExample(root) {
  const before = readSource(root);
  const removed = new Set([...before.keys()].filter((path) => isOfShop(path) || isOfTypemesh(path)));
  if (![...removed].some((path) => path.startsWith("services/"))) throw new ProjectError("there is no shop to remove");
  if (hasChanges(root)) throw new ProjectError("commit or stash your changes first, so that this can be undone");
  const after = new Map([...before].filter(([path]) => !removed.has(path)));
  for (const [path, file] of readTemplate("none")) after.set(path, file);
  after.set(router, withoutShop(fileAt(before, router), fileAt(after, router)));
  rejectDependents(after, removed);
  const ci = after.get(workflow);
  if (ci) after.set(workflow, { ...ci, content: Buffer.from(projectWorkflow(ci.content.toString())) });
  const license = after.get("LICENSE");
  if (license?.content.includes("The Typemesh authors")) {
    after.set("LICENSE-typemesh", license);
    after.delete("LICENSE");
  }
  const manifest = fileAt(before, "package.json");
  const { name: current } = JSON.parse(manifest.content.toString());
  const name =
    current === "typemesh"
      ? basename(root)
          .toLowerCase()
          .replace(/[^a-z0-9-]+/g, "-")
      : current;
  const text = projectManifest(manifest.content.toString(), {
    name,
    example: "none",
    has: (path) => hasFolder(after, path),
  });
  after.set("package.json", { ...manifest, content: Buffer.from(text) });
  const readme = fileAt(readTemplate("every"), "README.md");
  if (!after.has("README.md")) {
    after.set("README.md", { ...readme, content: Buffer.from(readme.content.toString().replaceAll("PROJECT", name)) });
  }
  const changed = [...after].filter(([path, { content }]) => !before.get(path)?.content.equals(content));
  const gone = [...before.keys()].filter((path) => !after.has(path));
  for (const path of gone) remove(root, path);
  for (const [path, { content }] of changed) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return { removed: gone.length, changed: changed.length };
}

/**
 * @param {import("./source.mjs").ProjectFile} file router.ts
 * @param {import("./source.mjs").ProjectFile} empty that of a project without services
 */
function withoutShop(file, empty) {
  const text = routerWithoutShop(empty.content.toString(), file.content.toString());
  if (text !== undefined) return { ...file, content: Buffer.from(text) };
  throw new ProjectError(`${router} has procedures besides those of the shop: remove "shop" from HandWritten first`);
}

/** Removes a file, and the folders that are empty then. @param {string} root @param {string} path */
function remove(root, path) {
  rmSync(join(root, path), { force: true });
  for (let folder = dirname(path); folder !== "."; folder = dirname(folder)) {
    const names = readdirSync(join(root, folder));
    // What is generated goes with its package.
    const left = names.filter((name) => !["node_modules", "dist", ".turbo"].includes(name));
    if (left.length > 0) return;
    for (const name of names) rmSync(join(root, folder, name), { recursive: true, force: true });
    rmdirSync(join(root, folder));
  }
}
