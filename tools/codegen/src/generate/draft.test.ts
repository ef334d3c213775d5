import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, stat, utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { makeDraft } from "./draft.ts";

test("a draft is beside the code, and only drafts that a killed process left are removed", async () => {
  const root = await mkdtemp(join(tmpdir(), "mesh-draft-test-"));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const output = join(root, "shared/contracts/gen");
  const [old, running] = [await makeDraft(output), await makeDraft(output)];
  expect(dirname(old)).toBe(dirname(output));
  expect((await stat(old)).isDirectory()).toBe(true);
  await mkdir(join(old, "orders"));
  const twoHoursAgo = Date.now() / 1_000 - 2 * 60 * 60;
  await utimes(old, twoHoursAgo, twoHoursAgo);
  const latest = await makeDraft(output);
  expect([old, running, latest].map((draft) => existsSync(draft))).toEqual([false, true, true]);
});
