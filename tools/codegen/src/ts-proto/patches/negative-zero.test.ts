import { expect, test } from "vitest";
import { apply, type Output, patched, stock } from "../../../testing/stock.ts";
import { negativeZero } from "./negative-zero.ts";

const contract = 'syntax = "proto3"; package p.v1; message M { double wide = 1; float narrow = 2; }';

async function sent({ codec }: Output) {
  const { encode, decode } = await codec("M");
  return decode(encode({ wide: -0, narrow: -0 }).finish());
}

test("stock ts-proto sends 0 instead of -0", async () => {
  expect(await sent(await stock(contract))).toEqual({ wide: 0, narrow: 0 });
});

test("-0 is sent", async () => {
  expect(await sent(await patched(contract))).toEqual({ wide: -0, narrow: -0 });
});

test("another comparison with 0 is an error", async () => {
  const changed = "if (!!message.a && message.a !== 0) {\n  writer.uint32(9).double(message.a);\n}\n";
  await expect(apply(negativeZero, changed)).rejects.toThrow("a number is compared with 0 in another way");
});
