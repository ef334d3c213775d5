import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** What a file is called until it is whole; another generation, at the same time, must not take it for a stale one. */
const draftSuffix = ".draft";

/** How many files are compared at a time. */
const together = 64;

/** Makes a folder equal to another; files that are equal already keep their time, so that nobody rebuilds for them. */
export async function syncFolder(from: string, to: string): Promise<{ written: number; removed: number }> {
  const wanted = await filesIn(from);
  const present = await filesIn(to);
  const written: boolean[] = [];
  // Not all at once: they need not be in memory together.
  for (let start = 0; start < wanted.length; start += together) {
    const paths = wanted.slice(start, start + together);
    const copies = paths.map(async (path) => writeIfChanged(join(to, path), await readFile(join(from, path), "utf8")));
    written.push(...(await Promise.all(copies)));
  }
  const needed = new Set(wanted);
  const stale = present.filter((path) => !needed.has(path));
  await Promise.all(stale.map((path) => rm(join(to, path), { force: true })));
  // Hidden files say what the code was generated from, which is no longer so; they are nobody's code.
  const removed = stale.filter((path) => !basename(path).startsWith(".")).length;
  return { written: written.filter(Boolean).length, removed };
}

/** Writes a file in one step, unless it has this content; says whether it wrote. */
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
