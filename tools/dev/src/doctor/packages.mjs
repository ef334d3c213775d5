// Imports no installed package: it runs before they are installed.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { checkPath, isInstalled } from "../build/prepare.mjs";
import { fail, pass, reasonOf } from "./check.mjs";

/** @param {string} root @returns {import("./check.mjs").Check[]} the checks of a checkout that need no packages */
export function checkPackages(root) {
  return [checkFolder(root), checkInstalled(root)];
}

/** @param {string} root */
function checkFolder(root) {
  try {
    checkPath(root);
    return pass("Folder", root);
  } catch (error) {
    return fail("Folder", reasonOf(error).replace(/: move the folder$/, ""), "move the folder");
  }
}

/** @param {string} root */
function checkInstalled(root) {
  const fix = "npm install";
  try {
    if (isInstalled(root)) return pass("Packages", "installed as in package-lock.json");
    const isThere = existsSync(join(root, "node_modules"));
    return fail("Packages", isThere ? "differ from package-lock.json" : "are not installed", fix);
  } catch (error) {
    return fail(
      "Packages",
      `package-lock.json cannot be read: ${reasonOf(error)}`,
      `git checkout package-lock.json && ${fix}`,
    );
  }
}
