/** The beginning of a contract with routes, and its messages. */
export const head = `syntax = "proto3";
package shop.v1;
import "google/api/annotations.proto";
import "google/protobuf/any.proto";
import "google/protobuf/duration.proto";
import "google/protobuf/empty.proto";
import "google/protobuf/field_mask.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/timestamp.proto";
import "google/protobuf/wrappers.proto";
import "mesh/v1/options.proto";
message Ask {
  string id = 1; Part part = 2; repeated string tags = 3; map<string, string> labels = 4;
  google.protobuf.Timestamp at = 5; Part other = 6; string request_id = 7; google.protobuf.StringValue note = 8;
  google.protobuf.Any any = 9; google.protobuf.Value json = 10; google.protobuf.Struct object = 11;
  google.protobuf.Duration wait = 12; google.protobuf.FieldMask mask = 13; google.protobuf.Int64Value large = 14;
  oneof one { string either = 15; Part or = 16; }
}
message Part { string id = 1; repeated Part parts = 2; google.protobuf.StringValue note = 3; Choice one = 4; }
message Choice { oneof one { string a = 1; string b = 2; } string c = 3; }
`;

/** A service with one method per rule. The first rule begins at 23:12. */
export function shop(rules: readonly string[], options = "gateway: {public: true}", level = "NO_SIDE_EFFECTS"): string {
  const methods = rules.map((rule, index) => {
    return `  rpc Buy${index}(Ask) returns (Part) {
    option (google.api.http) = {${rule}};
    option idempotency_level = ${level};
    option (mesh.v1.method) = {${options}};
  }`;
  });
  return `${head}service Shop {\n${methods.join("\n")}\n}\n`;
}

/** A service with a route and a message in its requests. The fields of this message begin at 6:1. */
export function withFields(fields: string, syntax = "proto2"): string {
  return `syntax = "${syntax}";
package shop.v1;
import "google/api/annotations.proto";
import "mesh/v1/options.proto";
message Named {
${fields}
}
message Empty {}
message Ask { map<string, Named> named = 1; }
service Shop {
  rpc Buy(Ask) returns (Empty) {
    option (google.api.http) = {post: "/v1" body: "*"};
    option (mesh.v1.method) = {gateway: {public: true}};
  }
}
`;
}

/** A message whose names in JSON are those of its other fields. */
export const swapped = withFields('string a = 1 [json_name = "b"];\nstring b = 2 [json_name = "c"];', "proto3");
