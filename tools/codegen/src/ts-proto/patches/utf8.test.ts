import { expect, test } from "vitest";
import { patched, stock } from "../../../testing/stock.ts";

const contract = 'syntax = "proto3"; package p.v1; message M { string text = 1; }';
/** Field 1 with one byte that is not valid UTF-8. */
const bytes = new Uint8Array([10, 1, 0xff]);

test("stock ts-proto replaces bytes that are not valid UTF-8", async () => {
  expect((await (await stock(contract)).codec("M")).decode(bytes)).toEqual({ text: "\ufffd" });
});

test("a string that is not valid UTF-8 is rejected", async () => {
  const { decode } = await (await patched(contract)).codec("M");
  expect(() => decode(bytes)).toThrow();
});
