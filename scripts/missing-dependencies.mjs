import { existsSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { join } from "node:path";

/** Matches imports of no package: relative paths, private aliases, URLs, modules of Node, and contracts in a text. */
const noPackage = /^(\.|#|\/|[a-z]+:)|\.proto$/;
const builtin = new Set(builtinModules);

const manifests = new Map();

/**
 * Returns the package that an import names although the package.json of the importing package does not list it; undefined
 * if there is none.
 *
 * @param {string} root the folder of the repository
 * @param {string} home the folder of the importing package
 * @param {boolean} isTest whether the file may also use what the repository itself lists. Text in a test may look like an
 *   import, so that only packages that are installed count.
 */
export function missingDependency(root, home, isTest, specifier) {
  const [name] = /^(@[^/]+\/)?[^/]+/.exec(specifier) ?? [];
  if (!name || noPackage.test(specifier) || builtin.has(name)) return undefined;
  const own = manifestOf(root, home);
  if (!own || own.name === name || lists(own, name)) return undefined;
  const isAllowed = isTest && (lists(manifestOf(root, "."), name) || !existsSync(join(root, "node_modules", name)));
  return isAllowed ? undefined : name;
}

function lists(manifest, name) {
  const kinds = ["dependencies", "devDependencies", "peerDependencies", "optionalDependencies"];
  return kinds.some((kind) => manifest?.[kind]?.[name] !== undefined);
}

function manifestOf(root, folder) {
  const file = join(root, folder, "package.json");
  if (!manifests.has(file)) manifests.set(file, existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined);
  return manifests.get(file);
}
