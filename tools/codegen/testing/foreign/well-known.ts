const types =
  `Any Duration Empty FieldMask Struct Value ListValue Timestamp DoubleValue FloatValue Int64Value UInt64Value
  Int32Value UInt32Value BoolValue StringValue BytesValue Api Type SourceContext`.split(/\s+/);
const imports = [
  "any",
  "api",
  "duration",
  "empty",
  "field_mask",
  "source_context",
  "struct",
  "timestamp",
  "type",
  "wrappers",
];

/** Contracts with the well-known types in every position of a type. */
export const wellKnownProtos: Readonly<Record<string, string>> = {
  "known/v1/known.proto": `syntax = "proto3";
package known.v1;
${imports.map((name) => `import "google/protobuf/${name}.proto";`).join("\n")}
message Fields {\n${types.map((type, index) => `  google.protobuf.${type} f${index} = ${index + 1};`).join("\n")}
  google.protobuf.NullValue null_value = 100; optional google.protobuf.NullValue maybe_null = 101; }
message Lists {\n${types.map((type, index) => `  repeated google.protobuf.${type} f${index} = ${index + 1};`).join("\n")}
  repeated google.protobuf.NullValue null_values = 100; }
message Maps {\n${types.map((type, index) => `  map<string, google.protobuf.${type}> f${index} = ${index + 1};`).join("\n")}
  map<bool, google.protobuf.NullValue> null_values = 100; map<int64, google.protobuf.Timestamp> times = 101; }
message Choices { oneof choice {\n${types.map((type, index) => `  google.protobuf.${type} f${index} = ${index + 1};`).join("\n")}
  google.protobuf.NullValue null_value = 100; } }
service Known {\n${types
    .map(
      (type, index) => `  rpc Unary${index}(google.protobuf.${type}) returns (google.protobuf.${type});
  rpc Up${index}(stream google.protobuf.${type}) returns (google.protobuf.${type});
  rpc Down${index}(google.protobuf.${type}) returns (stream google.protobuf.${type});
  rpc Both${index}(stream google.protobuf.${type}) returns (stream google.protobuf.${type});`,
    )
    .join("\n")}\n}`,
};
