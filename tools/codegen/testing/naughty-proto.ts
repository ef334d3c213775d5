/** Contracts whose names and texts have a meaning in JavaScript. None of them may end a literal or a comment. */
export const naughtyProto: Readonly<Record<string, string>> = {
  "naughty/v1/naughty.proto": `
syntax = "proto3";
package naughty.v1;
import "buf/validate/validate.proto";
import "google/protobuf/duration.proto";
import "google/protobuf/empty.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/timestamp.proto";
import "google/protobuf/any.proto";
import "mesh/v1/options.proto";

// Ends here */ throw new Error("injected"); /* and \`\${process.exit(1)}\`
service Service {
  // */ export const injected = 1; //
  rpc Constructor(Object) returns (Promise) {
    option (mesh.v1.method) = {gateway: {scopes: "a\\"],x:[\\" b"} errors: "Error"};
  }
  rpc Await(google.protobuf.Empty) returns (stream AsyncIterable) { option (mesh.v1.method) = {gateway: {public: true}}; }
  rpc Delete(stream String) returns (stream google.protobuf.Struct);
  rpc ToString(google.protobuf.Timestamp) returns (google.protobuf.Duration);
}
message Object {
  string constructor = 1 [(buf.validate.field).string = {const: "\\"); throw 1; (\\"\\n\\\\\${x}\`"}];
  string to_string = 2 [(buf.validate.field).string.pattern = "^[/*]\\"'\`$"];
  int64 has_own_property = 3;
  string __proto__ = 4;
  Object object = 5;
  oneof default { string class = 6 [(buf.validate.field).string.prefix = "*/"]; Set new = 7; }
  map<string, Object> prototype = 8;
  map<int64, bytes> value_of = 9;
  google.protobuf.Value any = 10;
  google.protobuf.Struct struct = 11;
  google.protobuf.ListValue list = 12;
  google.protobuf.Any packed = 13;
  optional Enum enum = 14;
  repeated google.protobuf.Timestamp times = 15;
  google.protobuf.Duration wait = 16;
}
message Promise { Object length = 1; }
message AsyncIterable { Promise then = 1; message Map { Set map = 1; } Map set = 2; }
message Set { AsyncIterable size = 1; }
message Record { Symbol iterator = 1; }
message String { Date date = 1; }
message Date { string time = 1; }
message Function { string call = 1; }
message Symbol {
  option (mesh.v1.event) = {subject: "naughty.v1.symbol" key: "await"};
  string await = 1;
}
enum Enum { ENUM_UNSPECIFIED = 0; undefined = 1; __proto__ = 2; NaN = 3; }
// Why */ it failed.
enum Error {
  ERROR_UNSPECIFIED = 0;
  // A quote " and a \`\${backtick}\` and a newline
  // and */ an end.
  ERROR_CONSTRUCTOR = 1 [(mesh.v1.error) = {code: CODE_NOT_FOUND metadata: ["constructor", "a-b"]}];
  ERROR_PROTO__ = 2 [(mesh.v1.error) = {code: CODE_ABORTED}];
}
`,
};
