import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createBundler, programFolder } from "./bundler.ts";

const run = promisify(execFile);

const repository = join(import.meta.dirname, "../../../..");

let folder: string;

// In the repository, so that the bundler finds its packages. Git ignores dist.
beforeEach(async () => {
  const scratch = join(repository, "tools/dev/dist");
  await mkdir(scratch, { recursive: true });
  folder = await mkdtemp(join(scratch, "bundle-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const build = async (source: string) => {
  await mkdir(join(folder, "src"), { recursive: true });
  await writeFile(join(folder, "src/main.ts"), source);
  const { errors } = await createBundler(folder, folder).build();
  expect(errors).toEqual([]);
};

const files = () => readdir(join(folder, programFolder));
const read = (name: string) => readFile(join(folder, programFolder, name), "utf8");

/** Returns the code that is loaded when a file is. */
async function loadedWith(name: string, seen = new Set<string>()): Promise<string> {
  seen.add(name);
  const code = await read(name);
  const imported = [...code.matchAll(/^(?:import|.* from) "\.\/([^"]+)";/gm)].flatMap(([, file]) => file ?? []);
  let all = code;
  for (const file of imported) if (!seen.has(file)) all += await loadedWith(file, seen);
  return all;
}

/** Returns which of the packages are in some code, as the comments of the bundler name their files. */
function packagesIn(code: string): string[] {
  return ["@grpc/grpc-js", "nats", "pg"].filter((name) => new RegExp(`^// .*node_modules/${name}/`, "m").test(code));
}

test("a service loads the clients of NATS and PostgreSQL only when it needs them", async () => {
  await build('import { start } from "@mesh/service";\nawait start([]);\n');
  expect(packagesIn(await loadedWith("app.js"))).toEqual(["@grpc/grpc-js"]);
  const programs = (await files()).filter((name) => name.endsWith(".js"));
  const all = await Promise.all(programs.map(read));
  expect(packagesIn(all.join("\n"))).toEqual(["@grpc/grpc-js", "nats", "pg"]);
});

test("Node's own modules are required, in part", async () => {
  await build(`import { get } from "node:http";
import * as path from "node:path";
import EventEmitter, { once } from "events";
export type { Stats } from "node:fs";
console.log(typeof get, path.basename("/a/b"), EventEmitter.once === once, typeof (await import("node:os")).cpus);
`);
  const { stdout } = await run(process.execPath, [join(folder, programFolder, "main.js")]);
  expect(stdout).toBe("function b true function\n");
  expect(await read("app.js")).not.toMatch(/^import|createServer|dirname/m);
});

test("a build leaves no files of earlier ones", async () => {
  await build('export const contracts = await import("@mesh/contracts");\n');
  expect((await files()).length).toBeGreaterThan(4);
  await build("export {};\n");
  expect((await files()).sort()).toEqual(["app.js", "app.js.map", "main.js"]);
});
