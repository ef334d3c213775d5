import { dirname, join } from "node:path/posix";
import { isShopContract } from "./example.mjs";

/** @typedef {import("./source.mjs").ProjectFiles} ProjectFiles */

const source = /\.(ts|tsx|mjs)$/;
const specifiers = /\b(?:from|import)\s*\(?\s*["']([^"']+)["']/g;

/**
 * Returns the files that import a contract of the shop, or a file that is removed.
 *
 * @param {ProjectFiles} files the files that remain
 * @param {ReadonlySet<string>} removed
 * @returns {string[]} their paths
 */
export function dependentsOf(files, removed) {
  return [...files]
    .filter(([path]) => source.test(path))
    .filter(([path, { content }]) =>
      importsOf(path, content.toString()).some(
        (name) => isShopContract(name) || (removed.has(name) && !files.has(name)),
      ),
    )
    .map(([path]) => path);
}

/** @param {string} path @param {string} text */
function importsOf(path, text) {
  const code = text.replace(/^\s*(\/?\*|\/\/).*$/gm, "");
  return [...code.matchAll(specifiers)].map(([, name = ""]) =>
    name.startsWith(".") ? join(dirname(path), name) : name,
  );
}
