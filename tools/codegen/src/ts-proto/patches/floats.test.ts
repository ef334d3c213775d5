import { expect, test } from "vitest";
import { apply, type Output, patched, stock } from "../../../testing/stock.ts";
import { floats } from "./floats.ts";

const contract = `
syntax = "proto3";
package p.v1;
import "google/protobuf/wrappers.proto";
message M {
  float one = 1; repeated float list = 2; map<string, float> by_name = 3; oneof o { float member = 4; }
  google.protobuf.FloatValue wrapped = 5; double exact = 6;
}
`;
const message = {
  one: 0.1,
  list: [0.7, 3.4028235e38, -0],
  byName: { a: 0.2 },
  o: { $case: "member", value: 1.4013e-45 },
  wrapped: 0.1,
  exact: 0.1,
};

async function roundTrip({ codec }: Output) {
  const { encode, decode } = await codec("M");
  return decode(encode(message).finish());
}

test("stock ts-proto returns the number of 64 bits", async () => {
  expect(await roundTrip(await stock(contract))).toMatchObject({ one: Math.fround(0.1), wrapped: Math.fround(0.1) });
});

test("a float is read as the shortest decimal", async () => {
  const output = await patched(contract);
  expect(await roundTrip(output)).toEqual(message);
  expect(await output.compilerErrors()).toBe("");
});

test("a file with another head is an error", async () => {
  await expect(apply(floats, "message.one = reader.float();\n")).rejects.toThrow("a file has another head");
});
