import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join, posix } from "node:path";
import type { DescFile, FileRegistry } from "@bufbuild/protobuf";

/**
 * Returns the path of a contract from the root: `proto/orders/v1/orders.proto` for `orders/v1/orders.proto`. Imports
 * leave out the folder of the module, which buf.yaml names.
 */
export async function sourcePathOf(root: string, file: string): Promise<string> {
  const config = await readFile(join(root, "buf.yaml"), "utf8").catch(() => "");
  const modules = [...config.matchAll(/^\s*-?\s*path:\s*["']?([^\s"'#]+)/gm)].map(([, path = ""]) => path);
  const folder = modules.find((path) => existsSync(join(root, path, file))) ?? modules[0] ?? ".";
  return posix.join(folder, file);
}

/** Returns the paths of several contracts, by the name that imports use. */
export async function sourcePathsOf(root: string, files: readonly string[]): Promise<Map<string, string>> {
  return new Map(await Promise.all(files.map(async (file) => [file, await sourcePathOf(root, file)] as const)));
}

/** The files of contracts, and which of them are in this repository. */
export interface SourceTree {
  /** The paths from the root, by the name that imports use. */
  readonly paths: ReadonlyMap<string, string>;
  /** Returns false for contracts of libraries, which are copied from packages. */
  isOwn(file: DescFile): boolean;
}

/** Finds the files of all contracts. */
export async function sourceTree(root: string, registry: FileRegistry): Promise<SourceTree> {
  const paths = await sourcePathsOf(
    root,
    [...registry.files].map((file) => file.proto.name),
  );
  const isOwn = ({ proto }: DescFile) => {
    const path = paths.get(proto.name) ?? "";
    return !path.includes("/.deps/") && existsSync(join(root, path));
  };
  return { paths, isOwn };
}
