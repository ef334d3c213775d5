import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { createRepository } from "../breaking/testing/repository.ts";

const bin = join(import.meta.dirname, "../../bin/mesh-docs.mjs");

async function run(cwd: string, ...args: readonly string[]) {
  return promisify(execFile)(process.execPath, [bin, ...args], { cwd }).then(
    (output) => ({ ...output, code: 0 }),
    (error: { code: number; stdout: string; stderr: string }) => error, // What execFile throws.
  );
}

test("it writes into site, or where it is told, and says where", async () => {
  await using project = await createRepository();
  expect(await run(join(project.folder, "proto"))).toMatchObject({
    code: 0,
    stdout: "4 pages in ../site/index.html\n",
  });
  expect(existsSync(join(project.folder, "site/mesh.v1.html"))).toBe(true);
  expect(await run(project.folder, "--output", "a/b")).toMatchObject({
    code: 0,
    stdout: "4 pages in a/b/index.html\n",
  });
});

test("flags, and what can't be done", async () => {
  await using project = await createRepository();
  expect(await run(project.folder, "--help")).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("--output <folder>"),
  });
  for (const args of [["--out", "x"], ["x"], ["--output"], ["--output="]]) {
    expect(await run(project.folder, ...args)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("see --help"),
    });
  }
  expect(await run(project.folder, "--output", "proto")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("which would go"),
  });
  await project.write({ "proto/a.proto": 'syntax = "proto3";\nmessage A { Nope b = 1; }\n' });
  expect(await run(project.folder)).toMatchObject({ code: 1, stderr: expect.stringContaining("proto/a.proto:2:13: ") });
  expect(await run("/")).toMatchObject({ code: 2, stderr: expect.stringContaining("no buf.yaml") });
});
