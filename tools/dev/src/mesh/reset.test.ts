import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { claimClone } from "./claim.ts";

const repository = join(import.meta.dirname, "../../../..");
let root: string;

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "mesh reset ")));
  for (const part of ["bin", "src", "package.json"]) {
    cpSync(join(repository, "tools/dev", part), join(root, "tools/dev", part), { recursive: true });
  }
  symlinkSync(join(repository, "node_modules"), join(root, "node_modules"), "junction");
  mkdirSync(join(root, ".mesh/postgres/data"), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true }));

test("asks first: without a terminal, it removes nothing", async () => {
  expect(await reset()).toEqual([1, "add --yes: without a terminal, there is no way to ask\n"]);
  expect(existsSync(join(root, ".mesh"))).toBe(true);
});

test("removes the data, also if it is outside the folder", async () => {
  const elsewhere = mkdtempSync(join(tmpdir(), "mesh elsewhere "));
  symlinkSync(elsewhere, join(root, ".mesh/postgres/elsewhere"));
  expect(await reset("--yes")).toEqual([0, `removed ${join(root, ".mesh")}\n`]);
  expect([existsSync(join(root, ".mesh")), existsSync(elsewhere)]).toEqual([false, false]);
  expect(await reset("--yes")).toEqual([0, "there is no data to remove\n"]);
});

test("removes nothing while the mesh runs", async () => {
  const claim = await claimClone(root, () => {});
  expect(await reset("--yes")).toEqual([1, `the mesh is running in process ${process.pid}: stop it first\n`]);
  expect(existsSync(join(root, ".mesh"))).toBe(true);
  claim.close();
});

test("prints its usage, and the services that have a database", async () => {
  expect(await reset("--help")).toEqual([0, expect.stringContaining("npm run reset -- <service>")]);
  expect(await reset("--hlep")).toEqual([2, expect.stringContaining('unknown argument "--hlep"')]);
  expect(await reset("orders", "payments")).toEqual([2, expect.stringContaining('unknown argument "payments"')]);
  mkdirSync(join(root, "services/orders/migrations"), { recursive: true });
  mkdirSync(join(root, "services/orders/src"));
  writeFileSync(join(root, "services/orders/src/main.ts"), "");
  expect(await reset("order", "--yes")).toEqual([1, "no service order has a database; these have one: orders\n"]);
  expect(await reset("orders")).toEqual([1, "add --yes: without a terminal, there is no way to ask\n"]);
});

/** Runs `npm run reset`; returns its exit code and output. */
async function reset(...args: string[]): Promise<[number | null, string]> {
  const child = spawn(process.execPath, [join(root, "tools/dev/bin/reset.mjs"), ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.on("data", (data) => {
    output += data;
  });
  const [code] = await once(child, "close");
  return [code, output];
}
