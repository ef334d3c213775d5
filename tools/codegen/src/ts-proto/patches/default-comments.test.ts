import { expect, test } from "vitest";
import { patched, stock } from "../../../testing/stock.ts";

const contract = `
syntax = "proto2";
package p.v1;
message M {
  // How many.
  optional int32 number = 1 [default = 5];
}
`;

test("stock ts-proto does not document the default of a field", async () => {
  const { code } = await stock(contract);
  expect(code).toContain("How many.");
  expect(code).not.toContain("@default");
});

test("the default of a field is in its comment", async () => {
  expect((await patched(contract)).code).toMatch(/How many\.\s+\*\s+\*\s+@default 5/);
});
