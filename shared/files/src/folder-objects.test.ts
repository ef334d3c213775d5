import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { folderObjects } from "./folder-objects.ts";
import type { Objects } from "./objects.ts";

let folder: string;
let objects: Objects;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "mesh-objects-"));
  objects = folderObjects(folder);
});
afterEach(() => rm(folder, { recursive: true }));

async function* chunks(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

async function* failing(): AsyncGenerator<Uint8Array> {
  yield Buffer.from("half");
  throw new Error("the client left");
}

const options = { contentType: "text/plain", maxBytes: 10 };

async function textOf(key: string, range?: { start: number; end?: number }): Promise<string | undefined> {
  const object = await objects.get(key, range);
  if (!object) return undefined;
  const read: Uint8Array[] = [];
  for await (const chunk of object.chunks) read.push(chunk);
  return Buffer.concat(read).toString();
}

const drafts = () => readdir(join(folder, ".drafts"));

describe("an object", () => {
  test("is read as it was written, whole or in part", async () => {
    const facts = await objects.put("a/b", chunks("01234", "56789"), options);
    expect(facts).toEqual({ contentType: "text/plain", size: 10, etag: expect.stringMatching(/^[\w-]{43}$/) });
    expect(await objects.head("a/b")).toEqual(facts);
    expect(await objects.get("a/b")).toMatchObject(facts);
    expect(await textOf("a/b")).toBe("0123456789");
    expect(await textOf("a/b", { start: 3, end: 5 })).toBe("34");
    expect(await textOf("a/b", { start: 8 })).toBe("89");
    expect(await textOf("a/b", { start: 8, end: 100 })).toBe("89");
    expect(await textOf("a/b", { start: 10 })).toBe("");
  });

  test("may be empty, and longer than one read", async () => {
    await objects.put("empty", chunks(), options);
    expect(await textOf("empty")).toBe("");
    const long = "x".repeat(200_000);
    await objects.put("long", chunks(long), { ...options, maxBytes: 200_000 });
    expect(await textOf("long")).toBe(long);
  });

  test("replaces one with the same key, and has another etag", async () => {
    const [before, after] = [
      await objects.put("a", chunks("1"), options),
      await objects.put("a", chunks("2"), options),
    ];
    expect(await textOf("a")).toBe("2");
    expect(after.etag).not.toBe(before.etag);
  });

  test("that is replaced before it is read is an error, and not a mix of both", async () => {
    await objects.put("a", chunks("1"), options);
    const object = await objects.get("a");
    await objects.put("a", chunks("2"), options);
    await expect(object?.chunks[Symbol.asyncIterator]().next()).rejects.toThrow("was replaced");
  });

  test("that was removed is none, and can be removed again", async () => {
    await objects.put("a", chunks("1"), options);
    for (let time = 0; time < 2; time += 1) await objects.delete("a");
    expect([await objects.get("a"), await objects.head("a")]).toEqual([undefined, undefined]);
  });

  test("can have a key that is the beginning of another", async () => {
    await objects.put("a", chunks("1"), options);
    await objects.put("a/b", chunks("2"), options);
    expect([await textOf("a"), await textOf("a/b")]).toEqual(["1", "2"]);
  });

  test.each([
    ["fails", failing(), options, "the client left"],
    ["is too large", chunks("01234", "567890"), options, "the object is larger than 10 bytes"],
    ["is cancelled", chunks("1"), { ...options, signal: AbortSignal.abort(new Error("enough")) }, "enough"],
  ])("that %s leaves the one before, and no draft", async (_, source, given, message) => {
    await objects.put("a", chunks("before"), options);
    await expect(objects.put("a", source, given)).rejects.toThrow(message);
    expect(await textOf("a")).toBe("before");
    expect(await drafts()).toEqual([]);
  });

  test.each(["", "/a", "a/", "a//b", "..", "../a", "a/../b", "a\\b", "a.b", "A", "a b", "a\0", "x".repeat(513)])(
    "can't have the key %j",
    async (key) => {
      for (const use of [
        objects.put(key, chunks("1"), options),
        objects.get(key),
        objects.head(key),
        objects.delete(key),
      ]) {
        await expect(use).rejects.toThrow("is no key");
      }
    },
  );
});

test("a file that is cut off is an error, and not a shorter object", async () => {
  await objects.put("a", chunks("0123456789"), options);
  await writeFile(join(folder, "a.object"), "0123456789");
  await expect(objects.get("a")).rejects.toThrow("too short");
});

/** A program that writes to an object until it is killed. */
const program = `import { folderObjects } from "./folder-objects.ts";
async function* endless() {
  for (;;) {
    yield new Uint8Array(1_000);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
await folderObjects(process.argv[2]).put("a", endless(), { contentType: "text/plain", maxBytes: 1e12 });`;

test("a process that is killed while it writes leaves no object", async () => {
  const outfile = join(folder, "writer.mjs");
  const stdin = { contents: program, resolveDir: import.meta.dirname };
  await build({ stdin, outfile, bundle: true, platform: "node", format: "esm", logLevel: "error" });
  const writer = spawn(process.execPath, [outfile, folder], { stdio: "ignore" });
  await vi.waitFor(async () => expect(await drafts()).toHaveLength(1), 30_000);
  writer.kill("SIGKILL");
  await once(writer, "exit");
  expect(await objects.get("a")).toBeUndefined();
  expect(await readdir(folder)).toEqual([".drafts", "writer.mjs"]);
});

test("drafts of processes that ended long ago are removed, and no others", async () => {
  await mkdir(join(folder, ".drafts"));
  for (const name of ["old", "new"]) await writeFile(join(folder, ".drafts", name), "");
  const longAgo = new Date(Date.now() - 2 * 60 * 60 * 1_000);
  await utimes(join(folder, ".drafts/old"), longAgo, longAgo);
  await objects.put("a", chunks("1"), options);
  expect(await drafts()).toEqual(["new"]);
});
