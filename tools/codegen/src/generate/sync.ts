import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** The suffix of a file that is being written. Another generation at the same time must not remove it as stale. */
const draftSuffix = ".draft";

/** The number of files that are compared at a time. */
const together = 64;

/** Makes a folder equal to another. Files that are equal keep their time, so nothing is rebuilt for them. */
export async function syncFolder(from: string, to: string): Promise<{ written: number; removed: number }> {
  const wanted = await filesIn(from);
  return { written: await copyFiles(from, to, wanted), removed: await removeOthers(to, new Set(wanted)) };
}

/** Copies the files that differ. Returns how many. */
export async function copyFiles(from: string, to: string, paths: readonly string[]): Promise<number> {
  let written = 0;
  // In groups, so that not all files are in memory at the same time.
  for (let start = 0; start < paths.length; start += together) {
    const copies = paths.slice(start, start + together).map(async (path) => {
      return writeIfChanged(join(to, path), await readFile(join(from, path), "utf8"));
    });
    written += (await Promise.all(copies)).filter(Boolean).length;
  }
  return written;
}

/** Removes the files of a folder that are not wanted. Returns how many. */
export async function removeOthers(folder: string, wanted: ReadonlySet<string>): Promise<number> {
  const stale = (await filesIn(folder)).filter((path) => !wanted.has(path));
  await Promise.all(stale.map((path) => rm(join(folder, path), { force: true })));
  // Hidden files record what the code was generated from. They are not code, so they do not count.
  return stale.filter((path) => !basename(path).startsWith(".")).length;
}

/** Writes a file in one step, unless it has this content. Returns true if it wrote. */
export async function writeIfChanged(path: string, content: string): Promise<boolean> {
  if ((await readFile(path, "utf8").catch(() => undefined)) === content) return false;
  await mkdir(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}${draftSuffix}`;
  await writeFile(draft, content);
  await rename(draft, path);
  return true;
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile() && !entry.name.endsWith(draftSuffix))
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
}
