import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

const bench = join(import.meta.dirname, "calls-growth.mjs");
const run = (...args) => spawnSync(process.execPath, [bench, ...args], { encoding: "utf8" });

test("measures calls to several upstreams and methods, and prints tables", { timeout: 120_000 }, () => {
  const { status, stdout, stderr } = run("--upstreams", "1,3", "--rpcs", "2", "--rounds", "1", "--seconds", "0.1");
  expect([status, stderr]).toEqual([0, ""]);
  expect(stdout).toMatch(/## Upstreams\n\n.*\n.*\n\| 1 \| \d\.\d{3} ms \| 1\.00 × \| \d+ µs \| 1\.00 × \|\n\| 3 \|/);
  expect(stdout).toMatch(/## RPCs of a contract\n\n.*\n.*\n\| 2 \|/);
});

test("--help names the options", () => {
  expect(run("--help")).toMatchObject({ status: 0, stdout: expect.stringContaining("--upstreams") });
});

test.each([
  ["--rpcs", "0"],
  ["--upstreams", "1,x"],
  ["--rounds", "1.5"],
  ["--seconds", ""],
  ["--round", "1"],
])("%s %s is an error", (...args) => {
  expect(run(...args)).toMatchObject({ status: 2, stderr: expect.stringContaining(args[0]) });
});
