import { expect, test } from "vitest";
import { patched, stock } from "../../../testing/stock.ts";

const count = 1_000;
const fields = Array.from({ length: count }, (_, index) => `  optional string f${index} = ${index + 1};`);
const contract = `syntax = "proto2"; package p.v1; message M {\n${fields.join("\n")}\n}`;
/** The error of TypeScript about a function that is too large for its analysis. */
const tooLarge = "TS2563";

test("stock ts-proto prints code for 1,000 fields that TypeScript rejects", { timeout: 300_000 }, async () => {
  expect(await (await stock(contract)).compilerErrors()).toContain(tooLarge);
});

test("1,000 fields compile, and travel unchanged", { timeout: 300_000 }, async () => {
  const output = await patched(contract);
  expect(await output.compilerErrors()).toBe("");
  const { encode, decode } = await output.codec("M");
  const message = Object.fromEntries(fields.map((_, index) => [`f${index}`, `text ${index}`]));
  expect(decode(encode(message).finish())).toEqual(message);
});

test("a message of few fields is encoded by one function", async () => {
  const { code } = await patched('syntax = "proto2"; package p.v1; message M { optional string text = 1; }');
  expect(code).not.toContain("part1");
});
