import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Example, examplesOf, exportedFunctions, sourceFiles } from "./examples.ts";

const root = join(import.meta.dirname, "../..");
/** Inside the repository, so that the examples import our packages. */
const folder = join(root, "e2e/.examples");
const examples = sourceFiles(root).flatMap((file) => examplesOf(root, file));

beforeAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder);
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ extends: "../tsconfig.json", include: ["*.ts"] }));
  await Promise.all(examples.map((example) => writeFile(join(folder, nameOf(example)), moduleOf(example))));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** `shared__rpc__src__client__upstream.ts__52.ts` */
function nameOf({ file, line }: Example): string {
  return `${file.replaceAll("/", "__")}__${line}.ts`;
}

/** Returns the example as a module whose lines have the same numbers as in its source file. */
function moduleOf({ line, code }: Example): string {
  return `${"\n".repeat(line - 1)}${code}\nexport {};\n`;
}

describe("an @example in a docstring", () => {
  it("is found", () => {
    expect(examples.map(({ file }) => file)).toContain("shared/service/src/service.ts");
  });

  it("compiles, all in one program", async () => {
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    const options = { cwd: folder, maxBuffer: 2 ** 24 };
    const { stdout } = await promisify(execFile)(process.execPath, [tsc, "-p", folder], options).catch(
      (error) => error,
    );
    const located = String(stdout).replace(/^(\S+?)__\d+\.ts\((\d+),/gm, (_, file: string, line: string) => {
      return `${file.replaceAll("__", "/")}:${line}:(`;
    });
    expect(located).toBe("");
  }, 240_000);

  it.each(examples.filter(({ isRun }) => isRun))("runs: $location", async (example) => {
    await import(join(folder, nameOf(example)));
  });
});

describe("a function that an entry point of shared/ exports", () => {
  const allowed: string[] = JSON.parse(readFileSync(join(root, "e2e/fixtures/functions-without-example.json"), "utf8"));

  it("has an @example, or is in the list of exceptions, which names no other", () => {
    const functions = readdirSync(join(root, "shared")).flatMap((name) => [...functionsOf(name)]);
    expect(functions.length).toBeGreaterThan(40);
    const missing = functions.filter(([, hasExample]) => !hasExample).map(([name]) => name);
    expect(missing.sort()).toEqual(allowed);
  });
});

function functionsOf(name: string): Map<string, boolean> {
  const manifest = join(root, "shared", name, "package.json");
  if (!existsSync(manifest)) return new Map();
  const exported: Record<string, unknown> = JSON.parse(readFileSync(manifest, "utf8")).exports ?? {};
  const entries = Object.values(exported).filter(isForPeople);
  return new Map(
    entries.flatMap((entry) => [...exportedFunctions(root, `@mesh/${name}`, join("shared", name, `${entry}`))]),
  );
}

/** Whether people call the functions of an entry point. Only generated code calls those that schemas are made of. */
function isForPeople(entry: unknown): entry is string {
  return typeof entry === "string" && entry.endsWith(".ts") && entry !== "./src/schema/index.ts";
}
