import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { compilerErrors } from "../../testing/compiler-errors.ts";
import { generateFiles, writeGenerated } from "../../testing/generated.ts";
import { naughtyProto } from "../../testing/naughty-proto.ts";

let folder: string;
let dispose: () => Promise<void>;

beforeAll(async () => {
  ({ folder, dispose } = await writeGenerated(await generateFiles(naughtyProto)));
});
afterAll(() => dispose());

test("names and texts with a meaning in JavaScript compile", async () => {
  expect(await compilerErrors(folder)).toBe("");
});

test("they have no effect at run time", async () => {
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
