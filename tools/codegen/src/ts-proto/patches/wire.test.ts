import { describe, expect, test } from "vitest";
import { apply, patched, stock } from "../../../testing/stock.ts";
import { wire } from "./wire.ts";

const contract = 'syntax = "proto3"; package p.v1; message M { int32 number = 1; M m = 2; }';
async function decoder() {
  return (await (await patched(contract)).codec("M")).decode;
}

/** The tag of the field `number`, with a bit above the 32nd. */
const cutTag = [0x88, 0x80, 0x80, 0x80, 0x10, 7];
const longVarint = [...Array.from({ length: 10 }, () => 0x80), 0];

test("stock ts-proto cuts a tag that has more than 32 bits", async () => {
  const { decode: decodeStock } = await (await stock(contract)).codec("M");
  expect(decodeStock(new Uint8Array(cutTag)).number).toBe(7);
});

describe("bytes are rejected if", () => {
  test.each([
    ["a tag has more than 32 bits", cutTag],
    ["a tag has more bytes than it needs at most", [0x88, 0x80, 0x80, 0x80, 0x80, 0, 7]],
    ["a tag of a message in a message has more than 32 bits", [0x12, cutTag.length, ...cutTag]],
    ["a tag never ends", longVarint],
    ["the varint of a field has more than ten bytes", [8, ...longVarint]],
    ["the varint of an unknown field has more than ten bytes", [24, ...longVarint]],
    ["the field number is 0", [0, 0]],
    ["the wire type does not exist", [0x0e, 0]],
    ["a message is cut", [0x12, 2, 8]],
  ])("%s", async (_, bytes) => {
    const decode = await decoder();
    expect(() => decode(new Uint8Array(bytes))).toThrow();
  });

  test("groups of unknown fields are nested too deeply, in messages that are nested", async () => {
    const decode = await decoder();
    const groups = (depth: number) => [
      ...Array.from({ length: depth }, () => 0x1b),
      ...Array.from({ length: depth }, () => 0x1c),
    ];
    const within = (bytes: readonly number[]) =>
      new Uint8Array([0x12, 0x80 | (bytes.length & 127), bytes.length >> 7, ...bytes]);
    expect(() => decode(within(groups(98)))).not.toThrow();
    expect(() => decode(within(groups(99)))).toThrow("maximum recursion depth");
  });
});

test("a number may have more bytes than it needs", async () => {
  const decode = await decoder();
  expect(decode(new Uint8Array([0x88, 0x80, 0x80, 0x80, 0, 0x87, 0x80, 0])).number).toBe(7);
});

test("a decoder of another form is an error", async () => {
  await expect(apply(wire, "  decode(\n    const tag = reader.tag();\n")).rejects.toThrow(
    "the output of ts-proto changed: not every decoder has const tag",
  );
});
