/** The well-known types that TypeScript has a type of its own for, and that type. Wrappers are the scalars in them. */
export const wellKnownTypescript: ReadonlyMap<string, string> = new Map([
  ["google.protobuf.Timestamp", "Date"],
  ["google.protobuf.FieldMask", "string[]"],
  ["google.protobuf.Struct", "{ [key: string]: unknown }"],
  ["google.protobuf.ListValue", "unknown[]"],
  ["google.protobuf.Value", "unknown"],
]);
