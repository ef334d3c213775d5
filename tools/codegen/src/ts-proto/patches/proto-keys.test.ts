import { expect, test } from "vitest";
import { apply, type Output, patched, stock } from "../../../testing/stock.ts";
import { protoKeys } from "./proto-keys.ts";

const contract = `
syntax = "proto3";
package p.v1;
enum Kind { KIND_NONE = 0; __proto__ = 7; }
message M { map<string, int32> numbers = 1; }
`;

async function sent({ codec }: Output) {
  const { encode, decode } = await codec("M");
  const numbers = Object.fromEntries([["__proto__", 7]]);
  return Object.entries(decode(encode({ numbers }).finish()).numbers ?? {});
}

test("stock ts-proto loses the entry of a map whose key is __proto__", async () => {
  expect(await sent(await stock(contract))).toEqual([]);
});

test("stock ts-proto loses the value of an enum that is named __proto__", async () => {
  expect(Object.keys(await (await stock(contract)).codec("Kind"))).toEqual(["KIND_NONE"]);
});

test("an entry and a value named __proto__ are kept", async () => {
  const output = await patched(contract);
  expect(await sent(output)).toEqual([["__proto__", 7]]);
  expect(Object.entries(await output.codec("Kind"))).toEqual([
    ["KIND_NONE", 0],
    ["__proto__", 7],
  ]);
});

test("another assignment to a key is an error", async () => {
  await expect(apply(protoKeys, "if (a) map[key] = b;\n")).rejects.toThrow("the entry of a map is set in another way");
});
