import { mkdir, mkdtemp, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundle } from "@mesh/codegen/load";
import { expect, onTestFinished, test } from "vitest";

test("a bundle is made again if a module that it was made from has another content, and only then", async () => {
  const root = await mkdtemp(join(tmpdir(), "mesh-load-test-"));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  await mkdir(join(root, "src"));
  const write = async (name: string, source: string) => {
    await writeFile(join(root, "src", name), source);
    // The time says nothing: a bundle is only never reused if a module may have changed while it was made.
    await utimes(join(root, "src", name), 1, 1);
  };
  await write("main.ts", 'export { answer } from "./answer.ts";\n');
  await write("answer.ts", "export const answer = 1;\n");
  const file = await bundle("main", root);
  const { ino } = await stat(file);
  await bundle("main", root);
  expect((await stat(file)).ino).toBe(ino);
  await write("answer.ts", "export const answer = 2;\n");
  expect(await readFile(await bundle("main", root), "utf8")).toContain("answer = 2");
});
