import { expect, test } from "vitest";
import { type Output, patched, stock } from "../../../testing/stock.ts";

const contract = `
syntax = "proto3";
package p.v1;
import "buf/validate/validate.proto";
import "google/protobuf/timestamp.proto";
message Price { int64 amount = 1; }
message Item {
  Price price = 1 [(buf.validate.field).required = true];
  Price discount = 2;
  google.protobuf.Timestamp at = 3 [(buf.validate.field).required = true];
  oneof source {
    option (buf.validate.oneof).required = true;
    string shop = 4;
    Price stall = 5;
  }
  oneof note { string text = 6; }
  optional string label = 7 [(buf.validate.field).required = true];
}
`;

/** The members of the interface `Item`. */
function members({ code }: Output): string {
  const [, body = ""] = /export interface Item \{\n(.*?)\n\}/s.exec(code) ?? [];
  return body;
}

test("stock ts-proto types a required member as optional", async () => {
  const item = members(await stock(contract));
  for (const member of ["price?:", "at?:", "source?:", "label?:"]) expect(item).toContain(member);
});

test("a required member is always present", async () => {
  const item = members(await patched(contract));
  for (const member of ["  price: Price,", "  at: Date,", "  label: string,"]) expect(item).toContain(member);
  expect(item).toMatch(/^ {2}source:\s[^?]*\{ \$case: 'stall', value: Price },$/m);
});

test("a member that no rule requires may be absent", async () => {
  const item = members(await patched(contract));
  expect(item).toContain("  discount?: Price | undefined,");
  expect(item).toMatch(/^ {2}note\?:\s[^?]*\| undefined,$/m);
});
