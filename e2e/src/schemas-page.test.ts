import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";

const page = await readFile(join(import.meta.dirname, "../../docs/schemas.md"), "utf8");
const snippets = [...page.matchAll(/^```ts\n(.*?)^```/gms)].map(([, code = ""]) => ({
  code,
  heading: headingOf(code),
}));

/** Inside of the package, so that a snippet finds what it imports. */
const parent = join(import.meta.dirname, "../.examples-schemas");
let folder: string;

beforeAll(async () => {
  await mkdir(parent, { recursive: true });
  folder = await mkdtemp(join(parent, "snippets-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
afterEach(() => vi.restoreAllMocks());

test.each(snippets)("the snippet of docs/schemas.md below $heading prints what it says", async ({ code, heading }) => {
  const printed: string[] = [];
  vi.spyOn(console, "log").mockImplementation((value) => printed.push(text(value)));
  const file = join(folder, `${heading.replaceAll(/\W+/g, "-")}.ts`);
  await writeFile(file, code);
  await import(file);
  const expected = [...code.matchAll(/^console\.log\(.*\); \/\/ (.*)$/gm)].map(([, said]) => said);
  expect(expected.length).toBeGreaterThan(0);
  expect(printed).toEqual(expected);
});

function headingOf(code: string): string {
  const before = page.slice(0, page.indexOf(code));
  return [...before.matchAll(/^#+ (.*)$/gm)].at(-1)?.[1] ?? "";
}

function text(value: unknown): string {
  return typeof value === "string" ? value : inspect(value, { breakLength: Infinity });
}
