import { fileURLToPath } from "node:url";
import { dependentsOf } from "./dependents.mjs";
import { isOfShop, isOfTypemesh } from "./example.mjs";
import { projectManifest } from "./manifest.mjs";
import { readSource } from "./source.mjs";
import { projectWorkflow, workflow } from "./workflow.mjs";

/** @typedef {import("./source.mjs").ProjectFiles} ProjectFiles */

/** Thrown if a project can't be made. The message is for people. */
export class ProjectError extends Error {}

/** The templates of each example, of which each replaces files of those before it. */
const overlays = { shop: ["every"], none: ["every", "none"], minimal: ["every", "none", "minimal"] };

/** The file of the page that is no part of the shop. */
const proxy = "web/gateway-proxy.ts";

/**
 * Returns the files of a new project.
 *
 * @param {ProjectFiles} source the files of Typemesh
 * @param {object} options
 * @param {string} options.name the name of the project
 * @param {import("./example.mjs").Example} options.example
 * @returns {ProjectFiles}
 */
export function projectFiles(source, { name, example }) {
  const files = new Map([...source].filter(([path]) => !isOfTypemesh(path)));
  const removed = new Set(example === "shop" ? [] : [...files.keys()].filter(isOfShop));
  for (const path of removed) files.delete(path);
  for (const folder of overlays[example]) for (const [path, file] of readTemplate(folder)) files.set(path, file);
  if (example === "minimal") files.set(proxy, fileAt(source, proxy));
  if (example !== "shop") rejectDependents(files, removed);
  const ci = fileAt(files, workflow);
  files.set(workflow, { ...ci, content: Buffer.from(projectWorkflow(ci.content.toString())) });
  const readme = fileAt(files, "README.md");
  files.set("README.md", { ...readme, content: Buffer.from(readme.content.toString().replaceAll("PROJECT", name)) });
  const license = files.get("LICENSE");
  if (license) files.set("LICENSE-typemesh", license);
  files.delete("LICENSE");
  const manifest = fileAt(source, "package.json");
  const text = projectManifest(manifest.content.toString(), { name, example, has: (path) => hasFolder(files, path) });
  files.set("package.json", { ...manifest, content: Buffer.from(text) });
  return files;
}

/**
 * @param {ProjectFiles} files
 * @param {ReadonlySet<string>} removed the files of the shop
 * @throws {ProjectError} if a file that remains needs one of them
 */
export function rejectDependents(files, removed) {
  const dependents = dependentsOf(files, removed);
  if (dependents.length === 0) return;
  const list = dependents.map((path) => `  ${path}`).join("\n");
  throw new ProjectError(`these files need the shop: change or remove them first\n${list}`);
}

/** Returns the files of a template. @param {string} name @returns {ProjectFiles} */
export function readTemplate(name) {
  return readSource(fileURLToPath(new URL(`../template/${name}`, import.meta.url)));
}

/** @param {ProjectFiles} files @param {string} path */
export function fileAt(files, path) {
  const file = files.get(path);
  if (!file) throw new ProjectError(`this is no Typemesh: it has no ${path}`);
  return file;
}

/** @param {ProjectFiles} files @param {string} folder */
export function hasFolder(files, folder) {
  return [...files.keys()].some((path) => path.startsWith(`${folder}/`));
}
