import { expect, test } from "vitest";
import { type Output, patched, stock } from "../../../testing/stock.ts";

const contract = `
syntax = "proto2";
package p.v1;
enum Color { RED = 1; NONE = 0; }
message M { map<string, Color> colors = 1; }
`;
/** One entry with a key and the value 0. */
const withValue = [10, 5, 10, 1, 97, 16, 0];

async function sent({ codec }: Output) {
  return [...(await codec("M")).encode({ colors: { a: 0 } }).finish()];
}

test("stock ts-proto does not send 0 in a map, which is not the default of the enum", async () => {
  expect(await sent(await stock(contract))).toEqual([10, 3, 10, 1, 97]);
});

test("0 is sent in a map if it is not the default", async () => {
  expect(await sent(await patched(contract))).toEqual(withValue);
});
