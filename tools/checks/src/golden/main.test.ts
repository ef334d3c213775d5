import { join } from "node:path";
import { expect, test } from "vitest";
import { runBin } from "../../fixtures/run-bin.ts";

const root = join(import.meta.dirname, "../../../..");
test("the contracts of this repository read the events of all versions", async () => {
  const { stdout, code } = await runBin("mesh-golden", root);
  expect(stdout).toMatch(/^the contracts read the golden bytes of \d+ events\n$/);
  expect(code).toBe(0);
});
