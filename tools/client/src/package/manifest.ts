import { readFileSync } from "node:fs";
import { join } from "node:path/posix";
import type { Declarations } from "./declarations.ts";
import type { Entry } from "./entries.ts";
import { PackageError } from "./package-error.ts";

/** The name and the version of the package. */
export interface Settings {
  readonly name: string;
  readonly version: string;
}

/** The text that marks a folder as written by this command, so that it may be replaced. */
export const mark = "Written by npm run client.";

/** The packages that an application installs itself, so that there is one copy of each. */
const shared = new Set(["@trpc/client", "@trpc/server", "zod"]);

/** Returns the package.json. @param packages the packages that the scripts and the types import */
export function manifest(
  root: string,
  { name, version }: Settings,
  { entries, packages, declarations }: Parts,
): string {
  const found = [...packages].filter((one) => !one.startsWith("node:")).sort();
  const versions = (names: readonly string[]) => Object.fromEntries(names.map((one) => [one, rangeOf(root, one)]));
  const exports = entries.map((entry) => {
    return [entry.subpath, { types: declarations.fileOf(entry), default: `./${entry.name}.js` }] as const;
  });
  const content = {
    name,
    version,
    description: `A client for the services of ${name.replace(/-client$/, "")}. ${mark}`,
    license: licenseOf(root),
    type: "module",
    sideEffects: false,
    exports: { ...Object.fromEntries(exports), "./package.json": "./package.json" },
    dependencies: versions(found.filter((one) => !shared.has(one))),
    peerDependencies: versions(found.filter((one) => shared.has(one))),
    engines: { node: ">=20.19" },
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

interface Parts {
  readonly entries: readonly Entry[];
  readonly packages: ReadonlySet<string>;
  readonly declarations: Declarations;
}

/** Returns the range of versions compatible with the installed one. */
function rangeOf(root: string, name: string): string {
  const { version } = readPackage(join(root, "node_modules", name));
  if (!version) throw new PackageError(`${name} is not installed: run npm install`);
  return `^${version}`;
}

function licenseOf(root: string): string {
  return readPackage(root).license ?? "UNLICENSED";
}

function readPackage(folder: string): { version?: string; license?: string } {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
}
