import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished } from "vitest";
import { callIn, linkPackages } from "./clone.ts";

const repository = join(import.meta.dirname, "../..");

/**
 * Creates a project for a test, with the packages that are installed here, which takes seconds instead of a minute.
 *
 * @param args arguments of `create-typemesh`
 * @param typemesh the folder of the Typemesh that creates it; default: this repository
 * @returns its folder
 */
export async function createProject(args: readonly string[] = [], typemesh = repository): Promise<string> {
  const parent = await mkdtemp(join(tmpdir(), "typemesh-create-"));
  onTestFinished(() => rm(parent, { recursive: true, force: true, maxRetries: 10 }));
  const root = join(parent, "acme");
  const program = join(typemesh, "tools/create/bin/create-typemesh.mjs");
  await promisify(execFile)(process.execPath, [program, root, "--no-install", ...args]);
  await linkPackages(root);
  // Links the packages of the project itself, and generates code.
  expect(await callIn(root, "npm", ["install", "--offline", "--no-audit", "--no-fund"])).toMatchObject({ code: 0 });
  return root;
}
