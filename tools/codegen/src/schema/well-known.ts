/** The well-known types that TypeScript has a type of its own for, and that type. Wrappers are the scalars in them. */
export const wellKnownTypescript: ReadonlyMap<string, string> = new Map([
  ["google.protobuf.Timestamp", "Date"],
  ["google.protobuf.FieldMask", "string[]"],
  ["google.protobuf.Struct", "{ [key: string]: unknown }"],
  ["google.protobuf.ListValue", "unknown[]"],
  ["google.protobuf.Value", "unknown"],
]);

/** The functions of `@mesh/contracts/schema` that check what the .proto of a message requires beyond its fields. */
export const wellKnownForms: ReadonlyMap<string, string> = new Map([
  ["google.protobuf.Timestamp", "timestampForm"],
  ["google.protobuf.Duration", "durationForm"],
  ["google.protobuf.Any", "anyForm"],
  ["google.protobuf.FieldMask", "fieldMaskForm"],
  ["google.protobuf.Value", "valueForm"],
]);
