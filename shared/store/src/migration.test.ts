import { spawnSync } from "node:child_process";
import { cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";

const fixture = fileURLToPath(new URL("../fixtures/service", import.meta.url));
const modules = fileURLToPath(new URL("../../../node_modules", import.meta.url));
const command = fileURLToPath(new URL("../bin/mesh-migration.mjs", import.meta.url));

test("mesh-migration writes the difference between the schema and the last migration", async () => {
  const folder = await mkdtemp(join(tmpdir(), "mesh service "));
  onTestFinished(() => rm(folder, { recursive: true }));
  await cp(fixture, folder, { recursive: true });
  await symlink(modules, join(folder, "node_modules"), "junction");

  const schema = join(folder, "src/schema.ts");
  await writeFile(
    schema,
    (await readFile(schema, "utf8")).replace("content: bytes()", "content: bytes(), more: bytes()"),
  );
  expect(run(folder, "add_more").status).toBe(0);
  expect(await readFile(join(folder, "migrations/0001_add_more.sql"), "utf8")).toBe(
    'ALTER TABLE "things" ADD COLUMN "more" "bytea";',
  );
  expect(run(folder, "nothing_new").status).toBe(0);
  expect((await readdir(join(folder, "migrations"))).sort()).toEqual(["0000_initial.sql", "0001_add_more.sql", "meta"]);
});

test("mesh-migration prints its usage", () => {
  expect(run(fixture, "two words")).toMatchObject({ status: 2, stderr: expect.stringContaining("usage:") });
  expect(run(tmpdir(), "initial")).toMatchObject({ status: 2, stderr: expect.stringContaining("src/schema.ts") });
});

function run(cwd: string, name: string) {
  return spawnSync(process.execPath, [command, name], { cwd, encoding: "utf8" });
}
