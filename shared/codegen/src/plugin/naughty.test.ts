import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { generateFiles, writeGenerated } from "../testing/generated.ts";
import { naughtyProto } from "../testing/naughty-proto.ts";

const repository = join(import.meta.dirname, "../../../..");

let folder: string;
let dispose: () => Promise<void>;

beforeAll(async () => {
  ({ folder, dispose } = await writeGenerated(await generateFiles(naughtyProto)));
});
afterAll(() => dispose());

/** What the compiler finds wrong with all that was generated. */
async function compilerErrors(): Promise<string> {
  const extend = join(repository, "tsconfig.base.json");
  const compilerOptions = { skipLibCheck: false, noUnusedLocals: false };
  await writeFile(
    join(folder, "tsconfig.json"),
    JSON.stringify({ extends: extend, compilerOptions, include: ["**/*"] }),
  );
  const tsc = join(repository, "node_modules/typescript/bin/tsc");
  return promisify(execFile)(process.execPath, [tsc, "-p", folder]).then(
    () => "",
    (error: { stdout: string }) => error.stdout,
  );
}

test("names and texts that mean something in JavaScript compile", async () => {
  expect(await compilerErrors()).toBe("");
});

test("they are nothing but names and texts at run time", async () => {
  const all = await import(join(folder, "naughty/v1/index.js"));
  expect(all.injected).toBeUndefined();
  const issues = all.ObjectSchema.safeParse({ constructor: "x", default: { $case: "class", value: "" } }).error.issues;
  expect(issues.map(({ params }: { params: { rule: string } }) => params.rule)).toEqual([
    "string.const",
    "string.pattern",
    "string.prefix",
  ]);
  expect(all.Service.methods.constructor.gateway.scopes).toEqual(['a"],x:["', "b"]);
  expect(all.Error.constructor({ constructor: 1, "a-b": 2 }).metadata).toEqual({ constructor: "1", "a-b": "2" });
});
