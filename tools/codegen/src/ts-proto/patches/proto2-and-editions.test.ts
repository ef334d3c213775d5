import { expect, test } from "vitest";
import { type Output, patched, stock } from "../../../testing/stock.ts";

const old = 'syntax = "proto2"; package p.v1; message M { optional int32 number = 1 [default = 5]; }';
const edition = `
edition = "2023";
package p.v1;
message M { int32 number = 1 [features.field_presence = LEGACY_REQUIRED]; }
`;

async function decoded({ codec }: Output, bytes: readonly number[]) {
  return (await codec("M")).decode(new Uint8Array(bytes));
}

async function encoded({ codec }: Output, message: unknown) {
  return [...(await codec("M")).encode(message).finish()];
}

test("stock ts-proto reads a proto2 field that was not sent as its default", async () => {
  expect(await decoded(await stock(old), [])).toEqual({ number: 5 });
});

test("a proto2 field that was not sent is absent", async () => {
  expect(await decoded(await patched(old), [])).toEqual({ number: undefined });
});

test("stock ts-proto does not send 0 in a field of an edition that is required", async () => {
  expect(await encoded(await stock(edition), { number: 0 })).toEqual([]);
});

test("a field of an edition is sent as its features say", async () => {
  expect(await encoded(await patched(edition), { number: 0 })).toEqual([8, 0]);
});
