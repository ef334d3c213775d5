import { readFileSync } from "node:fs";
import { join } from "node:path/posix";
import { PackageError } from "./package-error.ts";

/** The folders of the workspace packages that a client may contain, by the name after `@mesh/`. */
const folders = {
  client: "tools/client",
  contracts: "shared/contracts",
  gateway: "gateway",
  rpc: "shared/rpc",
  runtime: "shared/runtime",
} as const;

type Name = keyof typeof folders;
type Target = string | { readonly types?: string; readonly default?: string };

/** Resolves `@mesh/…` to the file with its types, from the root of the repository, according to its package.json. */
export function resolveWorkspace(root: string, specifier: string): string {
  const [, name = "", rest = ""] = /^@mesh\/([^/]+)(?:\/(.*))?$/.exec(specifier) ?? [];
  if (!isName(name)) throw new PackageError(`the types of the client import ${specifier}, which is not for clients`);
  const found = targetOf(exportsOf(root, name), rest ? `./${rest}` : ".");
  if (!found) throw new PackageError(`${folders[name]}/package.json has no export for ${specifier}`);
  return join(folders[name], found);
}

const isName = (name: string): name is Name => Object.hasOwn(folders, name);

/**
 * Returns the `paths` that lead the compiler from `@mesh/…` to the sources. Through node_modules it would find them too,
 * but write no declarations.
 */
export function compilerPaths(root: string): Record<string, string[]> {
  // Object.keys returns exactly the declared names.
  const names = Object.keys(folders) as Name[];
  const all = names.flatMap((name) => {
    return Object.entries(exportsOf(root, name)).map(([subpath, target]) => {
      return [`@mesh/${name}${subpath.slice(1)}`, [join(root, folders[name], fileOf(target) ?? "")]] as [
        string,
        string[],
      ];
    });
  });
  return Object.fromEntries(all);
}

function exportsOf(root: string, name: Name): Targets {
  const file = join(root, folders[name], "package.json");
  // A package.json of this repository.
  const { exports } = JSON.parse(readFileSync(file, "utf8")) as { exports?: Targets };
  return exports ?? {};
}

type Targets = Readonly<Record<string, Target>>;

function targetOf(exports: Targets, subpath: string): string | undefined {
  const exact = exports[subpath];
  if (exact) return fileOf(exact);
  for (const [pattern, target] of Object.entries(exports)) {
    const [before = "", after] = pattern.split("*");
    if (after === undefined || !subpath.startsWith(before) || !subpath.endsWith(after)) continue;
    return fileOf(target)?.replaceAll("*", subpath.slice(before.length, subpath.length - after.length));
  }
  return undefined;
}

const fileOf = (target: Target) => (typeof target === "string" ? target : (target.types ?? target.default));
