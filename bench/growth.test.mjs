import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

const bench = join(import.meta.dirname, "growth.mjs");
const run = (...args) => spawnSync(process.execPath, [bench, ...args], { encoding: "utf8" });

test("measures type checks and completion of a synthetic mesh, and prints a table", {
  timeout: 400_000,
}, () => {
  const { status, stdout, stderr } = run("--sizes", "2", "--rounds", "1");
  expect([status, stderr]).toEqual([0, expect.stringContaining("2: completion")]);
  expect(stdout).toMatch(/^\| {2}\| 2 services \| growth \| at most \|$/m);
  expect(stdout).toMatch(/^\| `tsc` of everything \| \d+\.\d s \| {2}\| 30 s/m);
  expect(stdout).toMatch(/^\| completion after an edit \| \d+ ms \| {2}\| 100 ms/m);
});

test.each([["--size"], ["--sizes", "0"], ["--rounds", "x"]])("%s is an error", (...args) => {
  const { status, stderr } = run(...args);
  expect([status, stderr]).toEqual([2, expect.stringContaining("--sizes 10,50,200")]);
});
