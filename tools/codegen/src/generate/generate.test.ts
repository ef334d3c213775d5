import type { Dirent } from "node:fs";
import { cp, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { copyContracts } from "../../testing/copy-contracts.ts";
import { generate } from "./generate.ts";

const repository = join(import.meta.dirname, "../../../..");
const orders = "proto/orders/v1/orders.proto";

let root: string;

// A copy of the contracts, beside the real plugins.
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "mesh-generate-test-"));
  copyContracts(root);
  for (const name of ["shared", "tools"]) await symlink(join(repository, name), join(root, name), "junction");
});
afterEach(() => rm(root, { recursive: true, force: true }));

/** Hidden files record the generation. */
function isCode(entry: Dirent): boolean {
  return entry.isFile() && !entry.name.startsWith(".");
}

async function contents(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter(isCode).map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(
    await Promise.all(files.map(async (file) => [file.slice(folder.length), await readFile(file, "utf8")])),
  );
}

async function edit(change: (source: string) => string): Promise<void> {
  await writeFile(join(root, orders), change(await readFile(join(root, orders), "utf8")));
}

test("two generations into two folders have the same bytes", async () => {
  const [one, two] = [join(root, "one"), join(root, "two")];
  await generate({ root, output: one });
  await generate({ root, output: two });
  const first = await contents(one);
  expect(Object.keys(first).length).toBeGreaterThan(50);
  expect(await contents(two)).toEqual(first);
});

test("a generation writes only changed files, and removes stale ones", async () => {
  const output = join(root, "out");
  const all = await generate({ root, output });
  const untouched = join(output, "catalog/v1/catalog.zod.js");
  const { mtimeMs } = await stat(untouched);
  await writeFile(join(output, "stale.js"), "");
  await edit((source) => source.replace("max_items: 50", "max_items: 51"));
  const before = await contents(output);
  const { written, removed } = await generate({ root, output });
  const after = await contents(output);
  const changed = Object.keys(after).filter((path) => after[path] !== before[path]);
  expect(all.written).toBeGreaterThan(50);
  expect({ written, removed }).toEqual({ written: changed.length, removed: 1 });
  expect(changed.sort()).toEqual([
    "/descriptors.js",
    "/json-schema/orders.v1.json",
    "/openapi.json",
    "/orders/v1/orders.zod.js",
  ]);
  expect((await stat(untouched)).mtimeMs).toBe(mtimeMs);
});

test("errors of buf and of the plugins have one form, and nothing is written", async () => {
  const output = join(root, "out");
  await edit((source) => source.replace('key: "order_id"', 'key: "nope"'));
  const ours = await generate({ root, output });
  await edit((source) => source.replace("OrderItem items", "Nothing items"));
  const bufs = await generate({ root, output });
  expect(ours.errors).toMatch(
    /^proto\/orders\/v1\/orders\.proto:\d+:\d+: the event's key "nope" names no field of OrderPlaced/,
  );
  expect(bufs.errors).toMatch(
    /^proto\/orders\/v1\/orders\.proto:\d+:\d+: cannot find `Nothing` in this scope: correct the name/,
  );
  expect(await readdir(output).catch(() => [])).toEqual([]);
});

test("a file in proto/ replaces the one from npm", async () => {
  const output = join(root, "out");
  expect((await generate({ root, output })).errors).toBeUndefined();
  await cp(join(root, "proto/.deps/google"), join(root, "proto/google"), { recursive: true });
  expect((await generate({ root, output })).errors).toBeUndefined();
  expect(await readdir(join(root, "proto/.deps"), { recursive: true })).not.toContain("google/api/http.proto");
});
