import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

const repository = join(import.meta.dirname, "../../../..");

let root: string;

// A copy of the contracts, beside the real plugins.
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "mesh-generate-main-"));
  for (const name of ["buf.yaml", "buf.gen.yaml", "proto"])
    cpSync(join(repository, name), join(root, name), { recursive: true });
  for (const name of ["bin", "src", "package.json"])
    cpSync(join(repository, "tools/codegen", name), join(root, "tools/codegen", name), { recursive: true });
  symlinkSync(join(repository, "node_modules"), join(root, "node_modules"), "junction");
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

function generate(...args: string[]) {
  const program = join(root, "tools/codegen/bin/mesh-generate.mjs");
  return spawnSync(process.execPath, [program, ...args], { cwd: root, encoding: "utf8" });
}

test("--check fails where a file had to change, and no second time", () => {
  expect(generate().status).toBe(0);
  writeFileSync(join(root, "shared/contracts/gen/orders/v1/orders.zod.js"), "// older than its contract");
  const stale = generate("--check");
  expect(stale).toMatchObject({ status: 1, stdout: expect.stringMatching(/^1 files generated, 0 removed/) });
  expect(generate("--check")).toMatchObject({ status: 0, stdout: expect.stringMatching(/^0 files generated/) });
});

test("says what it takes, and refuses what it does not know", () => {
  expect(generate("--help")).toMatchObject({ status: 0, stdout: expect.stringContaining("--check") });
  expect(generate("--chekc")).toMatchObject({ status: 2, stderr: "Unknown option '--chekc': see --help\n" });
});
