import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";

const root = join(import.meta.dirname, "../..");
const page = await readFile(join(root, "docs/files.md"), "utf8");

test("docs/files.md shows the contract of the example", async () => {
  const contract = plain(await readFile(join(root, "proto/catalog/v1/catalog.proto"), "utf8"));
  const blocks = [...page.matchAll(/ +(?:upload|download): \{.*?\n {6}\}/gs)].map(([block]) => block);
  expect(blocks).toHaveLength(2);
  for (const line of blocks.join("\n").split("\n")) {
    if (!line.includes("accept")) expect(contract).toContain(plain(line));
  }
});

test("the snippet of docs/files.md prints what it says", async () => {
  const [, code = ""] = /^```ts\n(.*?)^```/ms.exec(page) ?? [];
  // Inside of the package, so that the snippet finds what it imports.
  const parent = join(import.meta.dirname, "../.examples-files");
  await mkdir(parent, { recursive: true });
  const folder = await mkdtemp(join(parent, "snippets-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const written: string[] = [];
  vi.spyOn(process.stdout, "write").mockImplementation((chunk) => written.push(Buffer.from(chunk).toString()) > 0);
  const file = join(folder, "files.ts");
  await writeFile(file, code.replace("/var/lib/shop/pictures", join(folder, "pictures")));
  await import(file).finally(() => vi.restoreAllMocks());
  expect(written).toEqual([/\/\/ (\w+)$/m.exec(code)?.[1]]);
});

function plain(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim();
}
