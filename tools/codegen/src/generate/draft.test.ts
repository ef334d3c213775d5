import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { newDraft } from "./draft.ts";

test("a draft is beside the code, and only drafts that a killed process left are removed", async () => {
  const root = await mkdtemp(join(tmpdir(), "mesh-draft-test-"));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const output = join(root, "shared/contracts/gen");
  const [old, running] = [await newDraft(output), await newDraft(output)];
  expect(dirname(old)).toBe(dirname(output));
  expect(existsSync(old)).toBe(false);
  for (const draft of [old, running]) await mkdir(join(draft, "orders"), { recursive: true });
  const twoHoursAgo = Date.now() / 1_000 - 2 * 60 * 60;
  await utimes(old, twoHoursAgo, twoHoursAgo);
  expect(await newDraft(output)).not.toBe(running);
  expect([old, running].map((draft) => existsSync(draft))).toEqual([false, true]);
});
