import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { openRepository } from "../fixtures/repository.ts";
import { createDraft } from "./draft.ts";

it("undoes all changes, including new folders", async () => {
  const { root, read } = await openRepository({ "a.txt": "one two" });
  const draft = createDraft(root);
  draft.edit("a.txt", { start: 4, end: 7, text: "three" }, { start: 0, end: 0, text: "> " });
  draft.create("new/folder/b.txt", "b");
  const undo = await draft.write();
  expect([await read("a.txt"), await read("new/folder/b.txt")]).toEqual(["> one three", "b"]);
  await undo();
  expect([await read("a.txt"), existsSync(join(root, "new"))]).toEqual(["one two", false]);
});

it("leaves nothing behind if a file can't be written", async () => {
  const { root, read } = await openRepository({ "a.txt": "one" });
  const draft = createDraft(root);
  draft.edit("a.txt", { start: 0, end: 0, text: "> " });
  draft.create("b/b.txt", "b");
  draft.create("c.txt/d.txt", "d");
  await writeFile(join(root, "c.txt"), "in the way");
  await expect(draft.write()).rejects.toThrow();
  expect([await read("a.txt"), existsSync(join(root, "b"))]).toEqual(["one", false]);
});

it("applies equal edits once", async () => {
  const { root, read } = await openRepository({ "a.txt": "one" });
  const draft = createDraft(root);
  for (const _ of [1, 2]) draft.edit("a.txt", { start: 0, end: 0, text: "> " });
  await draft.write();
  expect(await read("a.txt")).toBe("> one");
});
