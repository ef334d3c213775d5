import { expect, test } from "vitest";
import { apply, patched, stock } from "../../../testing/stock.ts";
import { groups } from "./groups.ts";

const old = 'syntax = "proto2"; package p.v1; message M { optional group G = 1 { optional int32 number = 1; } }';
const edition = `
edition = "2023";
package p.v1;
message G { int32 number = 1; }
message M { G g = 1 [features.message_encoding = DELIMITED]; }
`;
const [start, number, end, otherEnd] = [(1 << 3) | 3, [8, 7], (1 << 3) | 4, (2 << 3) | 4];

test("stock ts-proto reads a group with the end tag of another field", async () => {
  const { decode } = await (await stock(old)).codec("M");
  expect(decode(new Uint8Array([start, ...number, otherEnd]))).toMatchObject({ g: { number: 7 } });
});

test("stock ts-proto does not write a field with DELIMITED encoding as a group", async () => {
  const { encode } = await (await stock(edition)).codec("M");
  expect([...encode({ g: { number: 7 } }).finish()]).not.toEqual([start, ...number, end]);
});

test.each([
  ["proto2", old],
  ["an edition", edition],
])("a group ends at its own end tag, in %s", async (_, contract) => {
  const { encode, decode } = await (await patched(contract)).codec("M");
  expect([...encode({ g: { number: 7 } }).finish()]).toEqual([start, ...number, end]);
  expect(decode(new Uint8Array([start, ...number, end]))).toEqual({ g: { number: 7 } });
  expect(() => decode(new Uint8Array([start, ...number, otherEnd]))).toThrow("illegal tag 20");
  expect(() => decode(new Uint8Array([start, ...number]))).toThrow("the group 1 has no end");
});

test("a decoder of another form is an error", async () => {
  const changed = "const previousRecursionDepth = 0;\n";
  await expect(apply(groups, changed)).rejects.toThrow(
    "p/v1/p.proto: the output of ts-proto changed: not every decoder",
  );
});
