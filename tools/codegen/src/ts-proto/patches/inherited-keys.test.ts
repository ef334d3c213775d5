import { expect, test } from "vitest";
import { apply, type Output, patched, stock } from "../../../testing/stock.ts";
import { inheritedKeys } from "./inherited-keys.ts";

const contract = `
syntax = "proto3";
package p.v1;
message M { optional string to_string = 1; M constructor = 2; oneof value_of { string text = 3; } string has_own_property = 4; }
`;

async function sent({ codec }: Output, message: object) {
  const { encode, decode } = await codec("M");
  return decode(encode({ hasOwnProperty: "", ...message }).finish());
}

const absent = { toString: undefined, constructor: undefined, valueOf: undefined, hasOwnProperty: "" };

test("stock ts-proto sends the function that every object inherits", async () => {
  const message = { constructor: undefined, valueOf: undefined };
  expect(await sent(await stock(contract), message)).toMatchObject({
    toString: expect.stringContaining("native code"),
  });
});

test("a field with the name of what every object inherits is sent if it is set", async () => {
  const output = await patched(contract);
  expect(await sent(output, {})).toEqual(absent);
  const message = { ...absent, toString: "", constructor: absent, valueOf: { $case: "text", value: "a" } };
  expect(await sent(output, message)).toEqual(message);
  expect(await output.compilerErrors()).toBe("");
});

test("another form of the encode function is an error", async () => {
  const proto = 'syntax = "proto3"; package p.v1; message M { optional string to_string = 1; }';
  await expect(apply(inheritedKeys, "encode(message) {}\n", proto)).rejects.toThrow(
    "the encode function of M is missing",
  );
});
