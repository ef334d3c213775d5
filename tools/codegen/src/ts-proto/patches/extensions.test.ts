import { expect, test } from "vitest";
import { type Output, patched, stock } from "../../../testing/stock.ts";

const contract = `
syntax = "proto2";
package p.v1;
message M { extensions 100 to 199; }
extend M { optional int32 number = 100; }
`;
/** The extension with the value 7. */
const bytes = [0xa0, 6, 7];

async function passedOn({ codec }: Output) {
  const { encode, decode } = await codec("M");
  return [...encode(decode(new Uint8Array(bytes))).finish()];
}

test("stock ts-proto loses the value of an extension", async () => {
  expect(await passedOn(await stock(contract))).toEqual([]);
});

test("an extension is a field of its message", async () => {
  const output = await patched(contract);
  expect(await passedOn(output)).toEqual(bytes);
  expect((await output.codec("M")).decode(new Uint8Array(bytes))).toEqual({ "[p.v1.number]": 7 });
});
