import { spawn, spawnSync } from "node:child_process";
import {
  cpSync,
  type Dirent,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { copyContracts } from "../../testing/copy-contracts.ts";

const repository = join(import.meta.dirname, "../../../..");

// A test generates up to three times, which is slow on a busy machine.
vi.setConfig({ testTimeout: 300_000 });

let root: string;

// A copy of the contracts, beside the real plugins.
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "mesh-generate-main-"));
  copyContracts(root);
  for (const name of ["bin", "src", "package.json"])
    cpSync(join(repository, "tools/codegen", name), join(root, "tools/codegen", name), { recursive: true });
  symlinkSync(join(repository, "node_modules"), join(root, "node_modules"), "junction");
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Hidden files record the generation. */
function isCode(entry: Dirent): boolean {
  return entry.isFile() && !entry.name.startsWith(".");
}

function contents(folder: string): Record<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(isCode);
  const paths = entries.map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(paths.map((path) => [path.slice(folder.length), readFileSync(path, "utf8")]));
}

function generate(...args: string[]) {
  const program = join(root, "tools/codegen/bin/mesh-generate.mjs");
  return spawnSync(process.execPath, [program, ...args], { cwd: root, encoding: "utf8" });
}

/** Starts a generation. Returns its exit code. */
function started(): Promise<number | null> {
  const program = join(root, "tools/codegen/bin/mesh-generate.mjs");
  const child = spawn(process.execPath, [program], { cwd: root, stdio: "inherit" });
  return new Promise((resolve, reject) => child.on("error", reject).on("close", resolve));
}

test("--check fails if a file had to change, and passes the second time", () => {
  expect(generate().status).toBe(0);
  writeFileSync(join(root, "shared/contracts/gen/orders/v1/orders.zod.js"), "// older than its contract");
  const stale = generate("--check");
  expect(stale).toMatchObject({ status: 1, stdout: expect.stringMatching(/^1 files generated, 0 removed/) });
  expect(generate("--check")).toMatchObject({ status: 0, stdout: expect.stringMatching(/^0 files generated/) });
});

test("two first generations at the same time both succeed, with all files", async () => {
  expect(generate().status).toBe(0);
  const output = join(root, "shared/contracts/gen");
  const files = contents(output);
  rmSync(output, { recursive: true });
  expect(await Promise.all([started(), started()])).toEqual([0, 0]);
  expect(contents(output)).toEqual(files);
  expect(readdirSync(join(root, "shared/contracts"))).toEqual(["gen"]);
  expect(generate("--check")).toMatchObject({ status: 0, stdout: expect.stringMatching(/^0 files generated/) });
});

test("buf generate alone writes the same files", () => {
  expect(generate().status).toBe(0);
  const output = join(root, "shared/contracts/gen");
  const files = contents(output);
  rmSync(output, { recursive: true });
  const buf = join(repository, "node_modules/@bufbuild/buf/bin/buf");
  expect(spawnSync(process.execPath, [buf, "generate"], { cwd: root, encoding: "utf8" })).toMatchObject({ status: 0 });
  expect(contents(output)).toEqual(files);
});

test("prints its flags, and rejects an unknown one", () => {
  expect(generate("--help")).toMatchObject({ status: 0, stdout: expect.stringContaining("--check") });
  expect(generate("--chekc")).toMatchObject({ status: 2, stderr: "Unknown option '--chekc': see --help\n" });
});
