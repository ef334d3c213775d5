import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** All pages that were written, by their files. */
export async function readPages(folder: string): Promise<Map<string, string>> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".html")).sort();
  return new Map(
    await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name), "utf8")] as const)),
  );
}

/** The links between pages that lead nowhere: to a file that is not there, or to an id that its page does not have. */
export async function deadLinks(folder: string): Promise<string[]> {
  const pages = await readPages(folder);
  const files = new Set(await readdir(folder));
  const ids = new Map([...pages].map(([name, page]) => [name, new Set(idsOf(page))] as const));
  return [...pages].flatMap(([name, page]) =>
    linksOf(page)
      .filter((link) => {
        if (/^(https:|\.\.\/)/.test(link)) return false;
        const [file = "", id] = link.split("#");
        const target = file === "" ? name : file;
        return !files.has(target) || (id !== undefined && !ids.get(target)?.has(id));
      })
      .map((link) => `${name}: ${link}`),
  );
}

/** The ids that a page has more than once. */
export function doubleIds(page: string): string[] {
  const ids = idsOf(page);
  return ids.filter((id, index) => ids.indexOf(id) !== index);
}

/** The files outside of the pages that they lead to, from the pages' folder. */
export function sourcesOf(page: string): string[] {
  return linksOf(page).filter((link) => link.startsWith("../"));
}

function linksOf(page: string): string[] {
  return [...page.matchAll(/\s(?:href|src)="([^"]*)"/g)].map(([, link = ""]) => link);
}

function idsOf(page: string): string[] {
  return [...page.matchAll(/\sid="([^"]*)"/g)].map(([, id = ""]) => id);
}
