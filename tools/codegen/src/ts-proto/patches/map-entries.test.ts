import { describe, expect, test } from "vitest";
import { apply, patched, stock } from "../../../testing/stock.ts";
import { mapEntries } from "./map-entries.ts";

const contract = `
syntax = "proto3";
package p.v1;
import "google/protobuf/duration.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/timestamp.proto";
import "google/protobuf/wrappers.proto";
enum Color { COLOR_NONE = 0; }
message M {
  map<string, Msg> messages = 1;
  map<int64, google.protobuf.Timestamp> times = 2;
  map<bool, google.protobuf.StringValue> texts = 3;
  map<int32, google.protobuf.Struct> structs = 4;
  map<string, google.protobuf.Duration> durations = 5;
  map<string, int64> numbers = 6;
  map<string, bytes> blobs = 7;
  map<string, Color> colors = 8;
  map<string, M> nested = 9;
}
message Msg { string text = 1; }
`;
async function decoder() {
  return (await (await patched(contract)).codec("M")).decode;
}
const withoutValue = new Uint8Array([0x0a, 3, 0x0a, 1, 0x61]);

test("stock ts-proto drops an entry without its message", async () => {
  const { decode: decodeStock } = await (await stock(contract)).codec("M");
  expect(decodeStock(withoutValue).messages).toEqual({});
});

describe("an entry has the default if it lacks", () => {
  test("its value", async () => {
    const decode = await decoder();
    expect(decode(withoutValue).messages).toEqual({ a: { text: "" } });
    expect(decode(new Uint8Array([0x12, 2, 8, 1])).times).toEqual(new Map([[1n, new Date(0)]]));
    expect(decode(new Uint8Array([0x1a, 2, 8, 1])).texts).toEqual(new Map([[true, ""]]));
    expect(decode(new Uint8Array([0x22, 2, 8, 1])).structs).toEqual({ 1: {} });
  });

  test("its key", async () => {
    const decode = await decoder();
    expect(decode(new Uint8Array([0x0a, 5, 0x12, 3, 0x0a, 1, 0x78])).messages).toEqual({ "": { text: "x" } });
    expect(decode(new Uint8Array([0x1a, 5, 0x12, 3, 0x0a, 1, 0x78])).texts).toEqual(new Map([[false, "x"]]));
  });

  test("both", async () => {
    const decode = await decoder();
    const numbers = [1, 2, 3, 4, 5, 6, 7, 8, 9];
    expect(decode(new Uint8Array(numbers.flatMap((number) => [(number << 3) | 2, 0])))).toEqual({
      messages: { "": { text: "" } },
      times: new Map([[0n, new Date(0)]]),
      texts: new Map([[false, ""]]),
      structs: { 0: {} },
      durations: { "": { seconds: 0n, nanos: 0 } },
      numbers: { "": 0n },
      blobs: { "": new Uint8Array() },
      colors: { "": 0 },
      nested: { "": decode(new Uint8Array()) },
    });
  });
});

test("messages are nested as deeply in maps as elsewhere", async () => {
  const decode = await decoder();
  let bytes: number[] = [];
  for (let depth = 1; depth < 100; depth++) {
    const length = (size: number) => (size < 128 ? [size] : [(size & 127) | 128, size >> 7]);
    const entry = [0x12, ...length(bytes.length), ...bytes];
    bytes = [0x4a, ...length(entry.length), ...entry];
  }
  expect(decode(new Uint8Array(bytes)).nested).toHaveProperty([""]);
});

test("an entry that is read in another way is an error", async () => {
  const changed = "if (entry1.value !== null && entry1.value !== undefined) {\n";
  await expect(apply(mapEntries, changed)).rejects.toThrow("the entry of a map is read in another way");
});
