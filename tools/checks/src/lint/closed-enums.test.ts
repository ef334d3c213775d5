import { createFileRegistry } from "@bufbuild/protobuf";
import { compile } from "@mesh/codegen/testing";
import { expect, test } from "vitest";
import { closedEnums } from "./closed-enums.ts";

/** An event and a request with the same fields. */
const shop = (fields: string) => `syntax = "proto3";
package shop.v1;
import "buf/validate/validate.proto";
import "mesh/v1/options.proto";
service Shop { rpc Look(Request) returns (Request); }
enum Color { COLOR_UNSPECIFIED = 0; COLOR_RED = 1; }
message Request { Color color = 1 [(buf.validate.field).enum.defined_only = true]; }
message Painted {
  option (mesh.v1.event) = {subject: "shop.v1.painted" key: "id"};
  string id = 1;
  ${fields}
}
message Coat { Color color = 1 [(buf.validate.field).enum.defined_only = true]; }
`;

async function problems(fields: string): Promise<string[]> {
  const registry = createFileRegistry(await compile({ "shop/v1/shop.proto": shop(fields) }));
  return closedEnums(registry, ({ proto }) => proto.package === "shop.v1").map(({ text }) => text);
}

const says = (field: string) =>
  `${field} of an event has defined_only: consumers of an older version dead-letter events with a value that is added later: remove the rule, or comment // mesh:closed <reason>`;

test.each([
  ["Color color = 2;", []],
  ["Color color = 2 [(buf.validate.field).enum = {not_in: [0]}];", []],
  ["Color color = 2 [(buf.validate.field).enum = {defined_only: true}];", [says("Painted.color")]],
  [
    "repeated Color colors = 2 [(buf.validate.field).repeated.items.enum.defined_only = true];",
    [says("Painted.colors")],
  ],
  [
    "map<string, Color> colors = 2 [(buf.validate.field).map.values.enum.defined_only = true];",
    [says("Painted.colors")],
  ],
  ["repeated Coat coats = 2;", [says("Coat.color")]],
  ["\n// mesh:closed the colors of the law\nColor color = 2 [(buf.validate.field).enum.defined_only = true];", []],
  [
    "\n// mesh:closed\nColor color = 2 [(buf.validate.field).enum.defined_only = true];",
    ["mesh:closed on color has no reason: add one"],
  ],
])("%s", async (fields, expected) => {
  expect(await problems(fields)).toEqual(expected);
});
