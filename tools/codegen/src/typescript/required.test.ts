import { beforeAll, expect, test } from "vitest";
import { generateFiles } from "../testing/generated.ts";

const contract = `
syntax = "proto3";
package required.v1;
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

let source: string;

beforeAll(async () => {
  const files = await generateFiles({ "required/v1/required.proto": contract });
  const file = files.find(({ name }) => name === "required/v1/required.pb.ts");
  const [, body] = /export interface Item \{\n(.*?)\n\}/s.exec(file?.content ?? "") ?? [];
  source = body ?? "";
});

test.each(["  price: Price,", "  at: Date,", "  label: string,"])("%s is always there", (member) => {
  expect(source).toContain(member);
});

test("a required oneof is always there", () => {
  expect(source).toMatch(/^ {2}source:\s[^?]*\{ \$case: 'stall', value: Price },$/m);
});

test("what no rule requires may be absent", () => {
  expect(source).toContain("  discount?: Price | undefined,");
  expect(source).toMatch(/^ {2}note\?:\s[^?]*\| undefined,$/m);
});
