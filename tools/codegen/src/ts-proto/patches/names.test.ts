import { expect, test } from "vitest";
import { patched, stock } from "../../../testing/stock.ts";

const types = 'syntax = "proto3"; package p.v1; message A_B {} message A { message B {} }';
const members =
  'syntax = "proto3"; package p.v1; message M { oneof a_b { int32 c = 1; } int32 d = 2 [json_name = "e f"]; }';

test("stock ts-proto gives one name to two messages", async () => {
  expect(await (await stock(types)).compilerErrors()).toContain("Cannot redeclare block-scoped variable 'A_B'");
});

test("two messages have two names", async () => {
  const output = await patched(types);
  expect(output.code).toMatch(/interface A__B .*interface A_B /s);
  expect(await output.compilerErrors()).toBe("");
});

test("stock ts-proto keeps underscores in the name of a oneof, and names a field as in JSON", async () => {
  expect((await stock(members)).code).toMatch(/^ {2}a_b\?:.*^ {2}"e f": number/ms);
});

test("members are named in camel case, and do not change with their name in JSON", async () => {
  expect((await patched(members)).code).toMatch(/^ {2}aB\?:.*^ {2}d: number/ms);
});
