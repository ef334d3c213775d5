import { createFileRegistry } from "@bufbuild/protobuf";
import { compile } from "@mesh/codegen/testing";
import { expect, test } from "vitest";
import { unfillableFields } from "./unfillable-fields.ts";

/** A service whose request has fields that no query can fill. */
const shop = (routes: string, fields: string) => `syntax = "proto3";
package shop.v1;
import "google/api/annotations.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/timestamp.proto";
import "google/protobuf/wrappers.proto";
import "mesh/v1/options.proto";
service Shop {
  rpc Find(Request) returns (Part) {
    option idempotency_level = NO_SIDE_EFFECTS;
    option (google.api.http) = {${routes}};
    option (mesh.v1.method) = {gateway: {public: true}};
  }
}
message Part { string id = 1; Part part = 2; repeated Part parts = 3; }
message Request { ${fields} }
`;

/** Returns the names of the fields that no query can fill. */
async function problems(routes: string, fields: string): Promise<string[]> {
  const registry = createFileRegistry(await compile({ "shop/v1/shop.proto": shop(routes, fields) }));
  return unfillableFields(registry, ({ proto }) => proto.package === "shop.v1").map(({ text }) => text);
}

const get = 'get: "/v1/things"';
const says = (field: string, what: string, route = "GET /v1/things") =>
  `Request.${field} is ${what}, which the query of ${route} can't fill: use post with body: "*" or a message of plain fields, or comment // mesh:not-in-query <reason>`;

test.each([
  [get, "map<string, string> labels = 1;", [says("labels", "a map")]],
  [get, "google.protobuf.Struct filter = 1;", [says("filter", "a Struct")]],
  [get, "repeated google.protobuf.Value all = 1;", [says("all", "a list of Value")]],
  [get, "repeated Other others = 1; message Other { int32 a = 1; }", [says("others", "a list of messages")]],
  [get, "Part part = 1;", [says("parts", "a list of messages").replace("Request", "Part")]],
  [get, "google.protobuf.Timestamp at = 1; google.protobuf.StringValue a = 2; repeated string ids = 3;", []],
  [get, "\n// mesh:not-in-query only services set it\nmap<string, string> labels = 1;", []],
  [
    get,
    "\n// mesh:not-in-query\nmap<string, string> labels = 1;",
    ["mesh:not-in-query on labels has no reason: add one"],
  ],
  [
    'delete: "/v1/{id}"',
    "string id = 1; map<string, string> labels = 2;",
    [says("labels", "a map", "DELETE /v1/{id}")],
  ],
  ['post: "/v1" body: "labels"', "map<string, string> labels = 1;", []],
  ['post: "/v1" body: "*"', "map<string, string> labels = 1;", []],
  [`${get} additional_bindings: {post: "/v1" body: "*"}`, "map<string, string> labels = 1;", []],
])("%s with %s", async (routes, fields, expected) => {
  expect(await problems(routes, fields)).toEqual(expected);
});
