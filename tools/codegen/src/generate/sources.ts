import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { parse } from "yaml";

/** The .proto files of a tree. */
export interface Sources {
  /** The paths of the .proto files below the root, by the names by which they are imported. */
  readonly paths: ReadonlyMap<string, string>;
  /** The hashes of the .proto files by their names, and of the settings of buf. */
  readonly hashes: Readonly<Record<string, string>>;
}

const settings = ["buf.yaml", "buf.lock"];

/**
 * Reads the .proto files of the modules that buf.yaml names, or of one folder.
 *
 * @param root the folder of buf.yaml
 * @param input the folder below it; default: all modules
 */
export function readSources(root: string, input?: string): Sources {
  const paths = new Map(modulesOf(root, input).flatMap((module) => filesIn(root, module)));
  const hashes = Object.fromEntries(
    [...paths, ...settings.map((name) => [name, name] as const)].map(([name, path]) => [
      name,
      hashOf(join(root, path)),
    ]),
  );
  return { paths, hashes };
}

/**
 * Returns the names of the sources that changed since hashes were taken; undefined if there are other sources than then.
 *
 * @param known the hashes from then
 */
export function changedSince(known: Sources["hashes"], { hashes }: Sources): string[] | undefined {
  const names = Object.keys(hashes);
  const isSameSet = names.length === Object.keys(known).length && names.every((name) => known[name] !== undefined);
  return isSameSet ? names.filter((name) => hashes[name] !== known[name]) : undefined;
}

interface Module {
  readonly path: string;
  readonly excludes?: readonly string[];
}

function modulesOf(root: string, input: string | undefined): readonly Module[] {
  const folder = input ?? ".";
  const { modules }: { modules?: readonly Module[] } = parse(readFileSync(join(root, folder, "buf.yaml"), "utf8"));
  const below = (path: string) => posix.join(folder, path);
  return (modules ?? [{ path: "." }]).map(({ path, excludes = [] }) => ({
    path: below(path),
    excludes: excludes.map(below),
  }));
}

function filesIn(root: string, { path, excludes = [] }: Module): [name: string, path: string][] {
  if (!existsSync(join(root, path))) return [];
  const names = readdirSync(join(root, path), { recursive: true, encoding: "utf8" }).map((name) =>
    name.replaceAll("\\", "/"),
  );
  const entries = names
    .filter((name) => name.endsWith(".proto"))
    .map((name): [string, string] => [name, posix.join(path, name)]);
  return entries.filter(([, file]) => !excludes.some((excluded) => file.startsWith(`${excluded}/`)));
}

function hashOf(path: string): string {
  return existsSync(path) ? createHash("sha256").update(readFileSync(path)).digest("hex") : "";
}
