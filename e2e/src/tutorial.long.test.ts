import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { Guide } from "../fixtures/guide.ts";
import { openClone } from "./clone.ts";
import { instructionsOf } from "./follow.ts";

it("the tutorial works as it is written, command by command", async () => {
  await using clone = await openClone();
  await using guide = new Guide(clone);
  await guide.follow(instructionsOf(await readFile(join(clone.root, "docs/tutorial.md"), "utf8")));
  const files = [
    "services/reviews/dist/main.js",
    "deploy/dist/compose/compose.yaml",
    "deploy/dist/kubernetes/base/reviews.yaml",
  ];
  for (const file of files) expect(await readFile(join(clone.root, file), "utf8")).not.toBe("");
}, 1_800_000);
