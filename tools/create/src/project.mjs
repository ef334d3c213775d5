import { dependentsOf } from "./dependents.mjs";
import { isOfShop, isOfTypemesh } from "./example.mjs";
import { projectManifest } from "./manifest.mjs";
import { readSource } from "./source.mjs";

/** @typedef {import("./source.mjs").ProjectFiles} ProjectFiles */

/** Files of every example, and of each one. */
const templates = new URL("../template/", import.meta.url);

/** The templates of each example, of which each replaces files of those before it. */
const overlays = { shop: ["every"], none: ["every", "none"], minimal: ["every", "none", "minimal"] };

/** The file of the page that is no part of the shop. */
const proxy = "web/gateway-proxy.ts";

/** What tests and fixtures are called. Only these may depend on the shop. */
const test = /\.test(-d)?\.(tsx?|mjs)$|\/fixtures\//;

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
  if (example !== "shop") removeTests(files, removed);
  files.set("LICENSE-typemesh", fileAt(source, "LICENSE"));
  files.delete("LICENSE");
  const readme = fileAt(files, "README.md");
  files.set("README.md", { ...readme, content: Buffer.from(readme.content.toString().replaceAll("PROJECT", name)) });
  const manifest = fileAt(source, "package.json");
  const text = projectManifest(manifest.content.toString(), { name, example, has: (path) => hasFolder(files, path) });
  files.set("package.json", { ...manifest, content: Buffer.from(text) });
  return files;
}

/**
 * Removes the tests that need the shop.
 *
 * @param {ProjectFiles} files
 * @param {ReadonlySet<string>} removed the files of the shop
 */
function removeTests(files, removed) {
  const dependents = [...dependentsOf(files, removed)];
  const wrong = dependents.filter((path) => !test.test(path));
  if (wrong.length > 0) throw new Error(`these files need the shop and are no tests: ${wrong.join(", ")}`);
  for (const path of dependents) files.delete(path);
}

/** @param {string} folder @returns {ProjectFiles} */
function readTemplate(folder) {
  return readSource(new URL(folder, templates).pathname);
}

/** @param {ProjectFiles} files @param {string} path */
function fileAt(files, path) {
  const file = files.get(path);
  if (!file) throw new Error(`this is no Typemesh: it has no ${path}`);
  return file;
}

/** @param {ProjectFiles} files @param {string} folder */
function hasFolder(files, folder) {
  return [...files.keys()].some((path) => path.startsWith(`${folder}/`));
}
