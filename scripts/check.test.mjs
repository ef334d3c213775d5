import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

const run = (...args) =>
  spawnSync(process.execPath, [join(import.meta.dirname, "check.mjs"), ...args], { encoding: "utf8" });

test("--help lists the checks and runs none", () => {
  const { status, stdout } = run("--help");
  expect([status, stdout]).toEqual([0, expect.stringContaining("biome ci .")]);
  expect(stdout).not.toContain("✓");
});

test("an unknown argument is an error", () => {
  expect(run("--fix")).toMatchObject({
    status: 2,
    stdout: "",
    stderr: 'npm run check has no argument "--fix": see --help\n',
  });
});
