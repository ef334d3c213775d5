import { existsSync, statSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { moveFiles } from "./sync.ts";

const paths = ["a.js", "orders/v1/orders.zod.js"];

async function folder(parent = tmpdir()): Promise<string> {
  const made = await mkdtemp(join(parent, "mesh-sync-test-"));
  onTestFinished(() => rm(made, { recursive: true, force: true }));
  return made;
}

/** Makes a folder with the files of `paths`. */
async function draftIn(parent: string): Promise<string> {
  const draft = join(parent, "draft");
  for (const path of paths) {
    await mkdir(dirname(join(draft, path)), { recursive: true });
    await writeFile(join(draft, path), `of ${path}`);
  }
  return draft;
}

function contents(root: string): Promise<string[]> {
  return Promise.all(paths.map((path) => readFile(join(root, path), "utf8")));
}

test("a folder that does not exist yet is moved in one step", async () => {
  const root = await folder();
  const [draft, target] = [await draftIn(root), join(root, "shared/contracts/gen")];
  const { ino } = await stat(draft);
  await moveFiles(draft, target, paths);
  expect((await stat(target)).ino).toBe(ino);
  expect(await contents(target)).toEqual(paths.map((path) => `of ${path}`));
  expect(existsSync(draft)).toBe(false);
});

test("into a folder that exists, each file is moved, and others remain", async () => {
  const root = await folder();
  const [draft, target] = [await draftIn(root), join(root, "gen")];
  await mkdir(target);
  await writeFile(join(target, "other.js"), "other");
  await writeFile(join(target, "a.js"), "old");
  const { ino } = await stat(join(draft, "a.js"));
  await moveFiles(draft, target, paths);
  expect((await stat(join(target, "a.js"))).ino).toBe(ino);
  expect(await contents(target)).toEqual(paths.map((path) => `of ${path}`));
  expect((await readdir(target)).sort()).toEqual(["a.js", "orders", "other.js"]);
});

const memory = "/dev/shm";
const isOther = existsSync(memory) && statSync(memory).dev !== statSync(tmpdir()).dev;

test.runIf(isOther).each([false, true])(
  "files of another file system are copied, also if the folder exists: %s",
  async (exists) => {
    const draft = await draftIn(await folder(memory));
    const target = join(await folder(), "gen");
    if (exists) await mkdir(target);
    await moveFiles(draft, target, paths);
    expect(await contents(target)).toEqual(paths.map((path) => `of ${path}`));
    // Nothing is left of the steps in which a file is written.
    const left = await readdir(target, { recursive: true });
    expect(left.sort()).toEqual(["a.js", "orders", "orders/v1", "orders/v1/orders.zod.js"]);
  },
);

test("an error that is not about file systems is thrown", async () => {
  const root = await folder();
  const [draft, target] = [await draftIn(root), join(root, "gen")];
  await mkdir(join(target, "a.js"), { recursive: true });
  await expect(moveFiles(draft, target, paths)).rejects.toThrow("EISDIR");
});
