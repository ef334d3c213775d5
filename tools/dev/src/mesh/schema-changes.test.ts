import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test, vi } from "vitest";
import { type Clone, openClone, type RunningClone } from "../../fixtures/clone.ts";
import { filesFolder } from "./data-folder.ts";

const execute = promisify(execFile);
const repository = join(import.meta.dirname, "../../../..");
const patience = { timeout: 60_000, interval: 20 };
vi.setConfig({ testTimeout: 240_000 });

const schema = `import { integer, pgTable } from "drizzle-orm/pg-core";
export const notes = pgTable("notes", { id: integer().primaryKey() });
`;

test("a schema that differs from its migrations is reported, and a new migration is applied", async () => {
  await using clone = await openClone();
  await mkdir(join(clone.root, "shared"));
  await symlink(join(repository, "shared/store"), join(clone.root, "shared/store"), "junction");
  const mesh = clone.run();
  await mesh.ready();
  const [alpha, beta] = await pids(mesh);
  await clone.save("services/beta/src/schema.ts", schema);
  await mesh.says(
    "services/beta: src/schema.ts differs from the migrations: npm run migration -- beta <name> writes the next one",
  );
  expect(await pids(mesh)).toEqual([alpha, beta]);
  const script = join(clone.root, "shared/store/bin/mesh-migration.mjs");
  await execute(process.execPath, [script, "beta", "add_notes"], { cwd: clone.root });
  await mesh.says("beta is ready again");
  await mesh.says("the migrations match src/schema.ts again in services/beta");
  const after = await pids(mesh);
  expect([after[0] === alpha, after[1] === beta]).toEqual([true, false]);
});

test("the database and the files of one service are removed, while the mesh runs and while it does not", async () => {
  await using clone = await openClone();
  const mesh = clone.run();
  await mesh.ready();
  const [alpha, beta] = await pids(mesh);
  await mesh.ask("beta", "/", { method: "POST" });
  const files = await addFiles(clone);
  expect(await reset(clone, "beta")).toContain("removed the database mesh_beta");
  expect(files()).toEqual(["alpha"]);
  // The example data is added again.
  await vi.waitFor(async () => expect(await mesh.ask("beta")).toMatchObject({ visits: 1 }), patience);
  const after = await pids(mesh);
  expect([after[0] === alpha, after[1] === beta]).toEqual([true, false]);
  await mesh.ask("beta", "/", { method: "POST" });
  await mesh.end("SIGTERM");

  await addFiles(clone);
  expect(await reset(clone, "beta")).toContain("removed the database mesh_beta");
  expect(files()).toEqual(["alpha"]);
  await expect(reset(clone, "alpha")).rejects.toThrow("no service alpha has a database; these have one: beta");
  const again = clone.run();
  await again.ready();
  expect(await again.ask("beta")).toMatchObject({ visits: 1 });
});

test("the database of a service with replicas is removed once, while none of them runs", async () => {
  await using clone = await openClone();
  const mesh = clone.run({ MESH_REPLICAS: "beta=2" });
  await mesh.ready();
  const ask = () => Promise.all(["beta-1", "beta-2"].map((name) => mesh.ask(name)));
  const before = (await ask()).map(({ pid }) => pid);
  await mesh.ask("beta-2", "/", { method: "POST" });
  expect(await reset(clone, "beta")).toContain("removed the database mesh_beta");
  await vi.waitFor(async () => expect(await ask()).toMatchObject([{ visits: 1 }, { visits: 1 }]), patience);
  expect(new Set([...before, ...(await ask()).map(({ pid }) => pid)]).size).toBe(4);
});

async function reset({ root }: Clone, service: string): Promise<string> {
  const script = join(import.meta.dirname, "../../fixtures/reset-service.mjs");
  return (await execute(process.execPath, [script, service], { cwd: root })).stdout;
}

/** Adds a file to each service. Returns what lists the services that have files. */
async function addFiles({ root }: Clone): Promise<() => string[]> {
  for (const app of ["alpha", "beta"]) {
    await mkdir(filesFolder(root, app), { recursive: true });
    await writeFile(join(filesFolder(root, app), "picture.object"), "");
  }
  return () => readdirSync(join(filesFolder(root, "beta"), ".."));
}

async function pids(mesh: RunningClone): Promise<unknown[]> {
  const [alpha, beta] = await Promise.all([mesh.ask("alpha"), mesh.ask("beta")]);
  return [alpha.pid, beta.pid];
}
