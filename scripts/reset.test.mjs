import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { load } from "../tools/dev/bin/load.js";

const repository = join(import.meta.dirname, "..");
let root;

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "mesh reset ")));
  cpSync(join(repository, "scripts"), join(root, "scripts"), { recursive: true });
  cpSync(join(repository, "package-lock.json"), join(root, "package-lock.json"));
  for (const part of ["bin", "src", "package.json"]) {
    cpSync(join(repository, "tools/dev", part), join(root, "tools/dev", part), { recursive: true });
  }
  symlinkSync(join(repository, "node_modules"), join(root, "node_modules"), "junction");
  mkdirSync(join(root, ".mesh/postgres/data"), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true }));

test("asks first: with nobody to ask, nothing is removed", async () => {
  expect(await reset()).toEqual([1, "say --yes: there is nobody to ask\n"]);
  expect(existsSync(join(root, ".mesh"))).toBe(true);
});

test("removes the data, also where it lies elsewhere", async () => {
  const elsewhere = mkdtempSync(join(tmpdir(), "mesh elsewhere "));
  symlinkSync(elsewhere, join(root, ".mesh/postgres/elsewhere"));
  expect(await reset("--yes")).toEqual([0, `${join(root, ".mesh")} is removed\n`]);
  expect([existsSync(join(root, ".mesh")), existsSync(elsewhere)]).toEqual([false, false]);
  expect(await reset("--yes")).toEqual([0, "there is no data to remove\n"]);
});

test("refuses while the mesh runs", async () => {
  const { claimClone } = await load("claim");
  const claim = await claimClone(root, () => {});
  expect(await reset("--yes")).toEqual([1, `the mesh runs, in process ${process.pid}: stop it first\n`]);
  expect(existsSync(join(root, ".mesh"))).toBe(true);
  claim.close();
});

/** Its exit code, and what it says. */
async function reset(...args) {
  const child = spawn(process.execPath, [join(root, "scripts/reset.mjs"), ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.on("data", (data) => {
    output += data;
  });
  const [code] = await once(child, "close");
  return [code, output];
}
