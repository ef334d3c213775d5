import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

test("compares a typed job with one of the library", { timeout: 300_000 }, () => {
  const args = [join(import.meta.dirname, "jobs.mjs"), "--jobs", "40", "--rounds", "1", "--json"];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  expect([status, stderr]).toEqual([0, ""]);
  const result = JSON.parse(stdout);
  expect(Object.keys(result)).toEqual(["enqueue", "run", "total"]);
  for (const { typed, own, ratio } of Object.values(result)) expect(Math.min(typed, own, ratio)).toBeGreaterThan(0);
});
