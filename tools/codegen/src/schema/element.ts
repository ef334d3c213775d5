import { type DescEnum, type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import { type Timestamps, timestampsOf } from "../catalogue/timestamps.ts";

/** The type of one value: of a single field, an item of a list, or a value of a map. */
export type Element =
  | { readonly kind: "scalar"; readonly scalar: ScalarType }
  | { readonly kind: "enum"; readonly enum: DescEnum }
  | { readonly kind: "message"; readonly message: DescMessage; readonly timestamps?: Timestamps };

/** Returns the type of a field's values: for a list its items, for a map its values. */
export function elementOf(field: DescField): Element {
  const { message, parent } = field;
  if (message) return { kind: "message", message, timestamps: timestampsOf(parent.file) };
  if (field.enum) return { kind: "enum", enum: field.enum };
  return { kind: "scalar", scalar: field.scalar ?? ScalarType.STRING };
}

/** Returns true if a value is a Timestamp with all digits, which is a message like any other in TypeScript. */
export function isExactTimestamp(element: Element): boolean {
  if (element.kind !== "message" || element.timestamps !== "exact") return false;
  return element.message.typeName === "google.protobuf.Timestamp";
}

/** Returns the scalar in a wrapper such as google.protobuf.StringValue, which is a plain scalar in TypeScript. */
export function wrapped(message: DescMessage): ScalarType | undefined {
  const isWrapper = message.file.proto.name === "google/protobuf/wrappers.proto";
  return isWrapper ? message.fields[0]?.scalar : undefined;
}

/** Returns true if a map is a Map in TypeScript, not an object: its keys are neither strings nor 32-bit numbers. */
export function isKeyed(mapKey: ScalarType): boolean {
  return mapKey === ScalarType.BOOL || is64Bit(mapKey);
}

/** Returns true if a scalar is a bigint in TypeScript. */
export function is64Bit(scalar: ScalarType): boolean {
  const kinds = [ScalarType.INT64, ScalarType.UINT64, ScalarType.SINT64, ScalarType.FIXED64, ScalarType.SFIXED64];
  return kinds.includes(scalar);
}
