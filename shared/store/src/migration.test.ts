import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";

const fixture = fileURLToPath(new URL("../fixtures/service", import.meta.url));
const modules = fileURLToPath(new URL("../../../node_modules", import.meta.url));
const command = fileURLToPath(new URL("../bin/mesh-migration.mjs", import.meta.url));

/** Copies the fixture to `services/things` of a temporary repository. */
function openRepository({ isCommitted = false } = {}) {
  const root = mkdtempSync(join(tmpdir(), "mesh service "));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const service = join(root, "services/things");
  cpSync(fixture, service, { recursive: true });
  symlinkSync(modules, join(root, "node_modules"), "junction");
  git(root, "init", "-q");
  if (isCommitted) git(root, "add", "services");
  return {
    root,
    service,
    files: () => readdirSync(join(service, "migrations")).sort(),
    sql: (file: string) => readFileSync(join(service, "migrations", file), "utf8"),
    edit(from: string, to: string) {
      const schema = join(service, "src/schema.ts");
      writeFileSync(schema, readFileSync(schema, "utf8").replaceAll(from, to));
    },
  };
}

function git(cwd: string, ...args: string[]) {
  expect(spawnSync("git", args, { cwd }).status).toBe(0);
}

/** Runs it without a terminal. */
function run(cwd: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...args], {
    cwd,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
  return { status, output: stdout + stderr };
}

test("mesh-migration writes the difference between the schema and the last migration, or fails", () => {
  const { root, service, edit, files, sql } = openRepository();
  expect(run(root, "things", "--check")).toMatchObject({ status: 0 });
  edit("content: bytes()", "content: bytes(), more: bytes()");
  expect(run(root, "things", "--check")).toEqual({
    status: 1,
    output: "src/schema.ts differs from the migrations: npm run migration -- things <name> writes the next one\n",
  });
  expect(run(root, "things", "add_more").status).toBe(0);
  expect(sql("0001_add_more.sql")).toBe('ALTER TABLE "things" ADD COLUMN "more" "bytea";');
  expect(run(service, "--check")).toMatchObject({ status: 0 });
  expect(run(service, "nothing_new")).toEqual({
    status: 1,
    output: "src/schema.ts does not differ from the migrations, so none was written\n",
  });
  expect(files()).toEqual(["0000_initial.sql", "0001_add_more.sql", "meta"]);
});

test("mesh-migration finds the gateway, which is not among the services", () => {
  const { root } = openRepository();
  cpSync(fixture, join(root, "gateway"), { recursive: true });
  expect(run(root, "gateway", "--check")).toMatchObject({ status: 0 });
  const output = "no service thnigs has a schema; these have one: things, gateway\n";
  expect(run(root, "thnigs", "add_more")).toEqual({ status: 2, output });
});

test("mesh-migration does not guess if something was renamed, and fails without a terminal", () => {
  const { root, edit, files } = openRepository({ isCommitted: true });
  edit("content: bytes()", "picture: bytes()");
  const { status, output } = run(root, "things", "rename");
  expect(status).toBe(1);
  expect(output).toContain("columns of things: picture may be new, or the new name of content");
  expect(output).not.toMatch(/^ +at /m);
  edit("picture: bytes()", "content: bytes()");
  edit('"things"', '"items"');
  expect(run(root, "things", "rename").output).toContain("tables: public.items may be new");
  expect(files()).toEqual(["0000_initial.sql", "meta"]);
});

test("mesh-migration drops a table that no commit has, instead of asking if it was renamed", () => {
  const { root, edit, sql } = openRepository();
  edit('"things"', '"items"');
  expect(run(root, "things", "own_table")).toMatchObject({ status: 0 });
  expect(sql("0001_own_table.sql")).toMatch(
    /^CREATE TABLE "items" .*\n--> statement-breakpoint\nDROP TABLE "things" CASCADE;$/s,
  );
  expect(run(root, "things", "--check")).toMatchObject({ status: 0 });
  expect(run(root, "things", "again")).toMatchObject({ status: 1 });
});

test("mesh-migration reports a schema that cannot be read", () => {
  const { root, edit } = openRepository();
  edit("export const", "export const const");
  const { status, output } = run(root, "things", "broken");
  expect([status, output]).toEqual([1, expect.stringContaining("src/schema.ts cannot be read")]);
});

test("mesh-migration accepts a schema without tables, also one that prints a warning", () => {
  const { root, service, files } = openRepository({ isCommitted: true });
  writeFileSync(join(service, "src/schema.ts"), 'console.warn("no tables yet");\n');
  expect(run(root, "things", "--check")).toMatchObject({ status: 1, output: expect.stringContaining("differs from") });
  expect(run(root, "things", "remove_all")).toMatchObject({ status: 0 });
  expect(files()).toEqual(["0000_initial.sql", "0001_remove_all.sql", "meta"]);
  expect(run(root, "things", "--check")).toMatchObject({ status: 0 });
  rmSync(join(service, "migrations"), { recursive: true });
  expect(run(root, "things", "--check")).toMatchObject({ status: 0 });
});

test("mesh-migration reports a schema that ends the process", () => {
  const { root, edit } = openRepository();
  edit("export const", "process.exit(0);\nexport const");
  expect(run(root, "things", "--check")).toEqual({
    status: 1,
    output: "src/schema.ts cannot be read:\ndrizzle-kit ended with 0 and no error\n",
  });
});

test("mesh-migration prints its usage", () => {
  expect(run(fixture, "two words")).toMatchObject({ status: 2, output: expect.stringContaining("usage:") });
  expect(run(fixture)).toMatchObject({ status: 2, output: expect.stringContaining("usage:") });
  expect(run(tmpdir(), "initial")).toMatchObject({ status: 2, output: expect.stringContaining("src/schema.ts") });
  expect(run(tmpdir(), "--help")).toMatchObject({ status: 0, output: expect.stringContaining("<service> <name>") });
});
