import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "mesh-old-node-"));
  const flags = ["--prefix", folder, "--no-audit", "--no-fund", "--loglevel=error"];
  expect(spawnSync("npm", ["install", ...flags, "node@18"], { encoding: "utf8" })).toMatchObject({ status: 0 });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  "start",
  "test",
  "check",
  "dev",
  "build",
  "typecheck",
  "generate",
  "gen",
  "client",
  "docs",
  "contracts:lint",
])("npm run %s ends with one line on Node 18", (script) => {
  const PATH = `${join(folder, "node_modules/node/bin")}${delimiter}${process.env.PATH}`;
  const options = { cwd: root, env: { ...process.env, PATH }, encoding: "utf8" } as const;
  const { status, stdout, stderr } = spawnSync("npm", ["run", "--silent", script], options);
  expect(stdout + stderr).toMatch(
    /^Node 20\.19 or later is needed; this is 18\.\d+\.\d+: see https:\/\/nodejs\.org\n$/,
  );
  expect(status).toBe(1);
});
