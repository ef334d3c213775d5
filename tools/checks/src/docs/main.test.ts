import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createRepository } from "../../fixtures/contract-repository.ts";
import { runBin } from "../../fixtures/run-bin.ts";

const run = (folder: string, ...args: readonly string[]) => runBin("mesh-docs", folder, args);

test("writes into site or the given folder, and prints the path", async () => {
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

test("prints its help", async () => {
  expect(await run("/", "--help")).toMatchObject({ code: 0, stdout: expect.stringContaining("--output <folder>") });
});

test.each([[["--out", "x"]], [["x"]], [["--output"]], [["--output="]]])("rejects %j", async (args) => {
  await using project = await createRepository();
  expect(await run(project.folder, ...args)).toMatchObject({ code: 2, stderr: expect.stringContaining("see --help") });
});

test("rejects a folder with other files, and a folder without contracts", async () => {
  await using project = await createRepository();
  expect(await run(project.folder, "--output", "proto")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("which would be deleted"),
  });
  expect(await run("/")).toMatchObject({ code: 2, stderr: expect.stringContaining("no buf.yaml") });
});

test("reports contracts that do not compile", async () => {
  await using project = await createRepository();
  await project.write({ "proto/a.proto": 'syntax = "proto3";\nmessage A { Nope b = 1; }\n' });
  expect(await run(project.folder)).toMatchObject({ code: 1, stderr: expect.stringContaining("proto/a.proto:2:13: ") });
});
