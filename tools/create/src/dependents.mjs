import { dirname, join } from "node:path/posix";
import { isShopContract } from "./example.mjs";

/** @typedef {import("./source.mjs").ProjectFiles} ProjectFiles */

const source = /\.(ts|tsx|mjs)$/;
const specifiers = /\b(?:from|import)\s*\(?\s*["']([^"']+)["']/g;

/**
 * Returns the files that need others which are removed, or a contract of the shop, themselves or through what they import.
 *
 * @param {ProjectFiles} files the files that remain
 * @param {ReadonlySet<string>} removed the paths that are removed
 * @returns {Set<string>} their paths
 */
export function dependentsOf(files, removed) {
  const imports = [...files]
    .filter(([path]) => source.test(path))
    .map(([path, { content }]) => /** @type {const} */ ([path, importsOf(path, content.toString())]));
  const lost = new Set([...removed].filter((path) => !files.has(path)));
  for (let size = -1; size !== lost.size; ) {
    size = lost.size;
    for (const [path, imported] of imports) {
      if (imported.some((one) => isShopContract(one) || lost.has(one))) lost.add(path);
    }
  }
  return new Set([...lost].filter((path) => files.has(path)));
}

/** @param {string} path @param {string} text */
function importsOf(path, text) {
  const code = text.replace(/^\s*(\/?\*|\/\/).*$/gm, "");
  return [...code.matchAll(specifiers)].map(([, name = ""]) =>
    name.startsWith(".") ? join(dirname(path), name) : name,
  );
}
