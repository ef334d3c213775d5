import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** The suffix of a file that is being written. Another generation at the same time must not remove it as stale. */
const draftSuffix = ".draft";

/** The number of files that are compared at a time. */
const together = 64;

/** Makes a folder equal to another. Files that are equal keep their time, so nothing is rebuilt for them. */
export async function syncFolder(from: string, to: string): Promise<{ written: number; removed: number }> {
  const wanted = await filesIn(from);
  const present = await filesIn(to);
  const written: boolean[] = [];
  // In groups, so that not all files are in memory at the same time.
  for (let start = 0; start < wanted.length; start += together) {
    const paths = wanted.slice(start, start + together);
    const copies = paths.map(async (path) => writeIfChanged(join(to, path), await readFile(join(from, path), "utf8")));
    written.push(...(await Promise.all(copies)));
  }
  const needed = new Set(wanted);
  const stale = present.filter((path) => !needed.has(path));
  await Promise.all(stale.map((path) => rm(join(to, path), { force: true })));
  // Hidden files record what the code was generated from. They are not code, so they do not count.
  const removed = stale.filter((path) => !basename(path).startsWith(".")).length;
  return { written: written.filter(Boolean).length, removed };
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
