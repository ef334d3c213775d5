import { expect, test } from "vitest";
import { patched, stock } from "../../../testing/stock.ts";

const contract = `syntax = "proto3";
package p.v1;
import "google/protobuf/struct.proto";
message M {
  google.protobuf.Value value = 1;
  google.protobuf.ListValue list = 2;
  google.protobuf.Struct object = 3;
  repeated google.protobuf.Value values = 4;
  map<string, google.protobuf.Value> by_name = 5;
  oneof choice { google.protobuf.Value chosen = 6; }
}`;

/** Bytes with a Value without a kind, and the fields that they set. */
const cases = [
  [[10, 0], { value: null }],
  [[18, 2, 10, 0], { list: [null] }],
  [[26, 7, 10, 5, 10, 1, 97, 18, 0], { object: { a: null } }],
  [[26, 5, 10, 3, 10, 1, 97], { object: { a: null } }],
  [[34, 0, 34, 0], { values: [null, null] }],
  [[42, 5, 10, 1, 97, 18, 0], { byName: { a: null } }],
  [[42, 3, 10, 1, 97], { byName: { a: null } }],
  [[50, 0], { choice: { $case: "chosen", value: null } }],
  // Merged with the text "x", which it does not change.
  [[10, 3, 26, 1, 120, 10, 0], { value: "x" }],
  // Merged with null, which replaces it.
  [[10, 3, 26, 1, 120, 10, 2, 8, 0], { value: null }],
] as const;

test("stock ts-proto reads a Value without a kind as undefined", async () => {
  const { decode } = await (await stock(contract)).codec("M");
  expect(decode(new Uint8Array([34, 0]))).toMatchObject({ values: [undefined] });
});

test.each(cases)("the bytes %j are read as %j", async (bytes, expected) => {
  const { decode, encode } = await (await patched(contract)).codec("M");
  const message = decode(new Uint8Array(bytes));
  expect(message).toMatchObject(expected);
  expect(decode(encode(message).finish())).toEqual(message);
});
