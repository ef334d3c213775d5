import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");
const files = ["README.md", "CONTRIBUTING.md", ...pagesIn("docs"), ...pagesIn("examples")];

// It has no types: VitePress loads it as it is.
const { slug } = await import(join(root, "docs/.vitepress/slug.mjs"));

function pagesIn(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .map((path) => `${folder}/${path.replaceAll("\\", "/")}`)
    .filter((path) => path.endsWith(".md") && !/\/(node_modules|dist|reference)\//.test(path));
}

/** Returns the text of a page without its code. */
function proseOf(file: string): string {
  return readFileSync(join(root, file), "utf8").replace(/^( *)```.*?^\1```$/gms, "");
}

/** Returns the ids of the headings of a page. */
function idsOf(file: string): Set<string> {
  const ids = new Map<string, number>();
  for (const [, text = ""] of proseOf(file).matchAll(/^#+ (.+)$/gm)) {
    const id = slug(text.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1"));
    ids.set(id, (ids.get(id) ?? 0) + 1);
  }
  return new Set(
    [...ids].flatMap(([id, count]) => [id, ...Array.from({ length: count - 1 }, (_, i) => `${id}-${i + 1}`)]),
  );
}

it.each(files)("the links of %s lead to files and headings that exist", (file) => {
  const links = [...proseOf(file).matchAll(/\]\((?![a-z]+:)([^)]+)\)/g)].map(([, target = ""]) => target);
  const dead = links.filter((target) => {
    const [path = "", heading] = target.split("#");
    const page = path === "" ? file : join(dirname(file), path);
    if (!existsSync(join(root, page))) return true;
    return heading !== undefined && page.endsWith(".md") && !idsOf(page).has(heading);
  });
  expect(dead).toEqual([]);
});

it.each(files)("%s has no link to http://localhost, which the site takes for a dead one", (file) => {
  const prose = proseOf(file).replace(/`[^`\n]+`/g, "");
  expect(prose.match(/http:\/\/localhost\S*/g) ?? []).toEqual([]);
});

it("the start page has only code and commands that tests of other pages run", () => {
  const blocksOf = (file: string) =>
    [...readFileSync(join(root, file), "utf8").matchAll(/^```(?:sh|ts)\n(.*?)^```$/gms)].map(([, code = ""]) => code);
  const tested = ["README.md", "docs/by-hand.md", "docs/tutorial.md"].flatMap(blocksOf).join("\n");
  const lines = blocksOf("docs/index.md").flatMap((code) => code.trim().split("\n"));
  expect(lines.length).toBeGreaterThan(5);
  const isTested = (line: string) => tested.includes(line.replace(/^export /, ""));
  expect(lines.filter((line) => !isTested(line))).toEqual([]);
});
