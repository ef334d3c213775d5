import { existsSync, mkdirSync, readdirSync, renameSync } from "node:fs";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, sep } from "node:path";

/** The suffix of a file that is being written. Another generation at the same time must not remove it as stale. */
const draftSuffix = ".draft";

/** The number of files that are compared or moved at a time. */
const together = 64;

/** Makes a folder equal to another. Files that are equal keep their time, so nothing is rebuilt for them. */
export async function syncFolder(from: string, to: string): Promise<{ written: number; removed: number }> {
  const wanted = filesIn(from);
  const written = await inGroups(wanted, async (path) => {
    return writeIfChanged(join(to, path), await readFile(join(from, path), "utf8"));
  });
  return { written: written.filter(Boolean).length, removed: await removeOthers(to, new Set(wanted)) };
}

/**
 * Moves files to another folder, each in one step; if there is no such folder, all of them in one step.
 *
 * @param from the folder of these files, and of no others
 */
export async function moveFiles(from: string, to: string, paths: readonly string[]): Promise<void> {
  if (!existsSync(to) && isFolderMoved(from, to)) return;
  for (const folder of new Set(paths.map(dirname))) mkdirSync(join(to, folder), { recursive: true });
  // One by one: many moves that wait for each other take several times as long.
  for (const path of paths) {
    const [source, target] = [join(from, path), join(to, path)];
    if (!isFileMoved(source, target)) await writeIfChanged(target, await readFile(source, "utf8"));
  }
}

/** Moves a folder. Returns false if it can't be moved, because of another file system or another process. */
function isFolderMoved(source: string, target: string): boolean {
  try {
    mkdirSync(dirname(target), { recursive: true });
    renameSync(source, target);
    return true;
  } catch {
    return false;
  }
}

/** Moves a file. Returns false if the target is on another file system. @throws any other error */
function isFileMoved(source: string, target: string): boolean {
  try {
    renameSync(source, target);
    return true;
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EXDEV")) throw error;
    return false;
  }
}

/** Runs a function for all items, some at a time, so that not all files are in memory or open at the same time. */
async function inGroups<T, R>(items: readonly T[], run: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let start = 0; start < items.length; start += together) {
    results.push(...(await Promise.all(items.slice(start, start + together).map(run))));
  }
  return results;
}

/** Removes the files of a folder that are not wanted. Returns how many. */
export async function removeOthers(folder: string, wanted: ReadonlySet<string>): Promise<number> {
  const stale = filesIn(folder).filter((path) => !wanted.has(path));
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

function filesIn(folder: string): string[] {
  const entries = existsSync(folder) ? readdirSync(folder, { recursive: true, withFileTypes: true }) : [];
  return entries
    .filter((entry) => entry.isFile() && !entry.name.endsWith(draftSuffix))
    .map((entry) => `${entry.parentPath}${sep}${entry.name}`.slice(folder.length + 1));
}
