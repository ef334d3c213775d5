import { type DescEnum, type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";

/** What one value of a field is: of the field itself, of an item, or of a map's value. */
export type Element =
  | { readonly kind: "scalar"; readonly scalar: ScalarType }
  | { readonly kind: "enum"; readonly enum: DescEnum }
  | { readonly kind: "message"; readonly message: DescMessage };

/** What a field's values are; for a list the items, for a map the values. */
export function elementOf(field: DescField): Element {
  if (field.message) return { kind: "message", message: field.message };
  if (field.enum) return { kind: "enum", enum: field.enum };
  return { kind: "scalar", scalar: field.scalar ?? ScalarType.STRING };
}

/** The scalar in a wrapper such as google.protobuf.StringValue, which TypeScript knows as that scalar. */
export function wrapped(message: DescMessage): ScalarType | undefined {
  const isWrapper = message.file.proto.name === "google/protobuf/wrappers.proto";
  return isWrapper ? message.fields[0]?.scalar : undefined;
}

/** Whether a map is a Map in TypeScript, not an object: its keys are no strings and no small numbers. */
export function isKeyed(mapKey: ScalarType): boolean {
  return mapKey === ScalarType.BOOL || is64Bit(mapKey);
}

/** Whether a scalar is a bigint. */
export function is64Bit(scalar: ScalarType): boolean {
  const kinds = [ScalarType.INT64, ScalarType.UINT64, ScalarType.SINT64, ScalarType.FIXED64, ScalarType.SFIXED64];
  return kinds.includes(scalar);
}
