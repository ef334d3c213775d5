import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join, posix } from "node:path";

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
