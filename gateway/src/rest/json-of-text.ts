import { type DescField, type JsonValue, ScalarType } from "@bufbuild/protobuf";

/** Messages whose JSON form is a text, a number or a boolean, so that a query can say them. */
const plainMessages = new Set(
  `Timestamp Duration FieldMask BoolValue StringValue BytesValue Int32Value UInt32Value Int64Value UInt64Value
  FloatValue DoubleValue`
    .split(/\s+/)
    .map((name) => `google.protobuf.${name}`),
);

/** Whether one text, or for a list several, can say what a field holds. */
export function isTextual(field: DescField): boolean {
  return field.fieldKind !== "map" && (!field.message || plainMessages.has(field.message.typeName));
}

/** What a text of a path or a query is in proto3 JSON; what it can't be stays a text, and is refused as JSON is. */
export function jsonOf(field: DescField, text: string): JsonValue {
  if (field.enum) return /^-?\d{1,10}$/.test(text) ? Number(text) : text;
  if (isBoolean(field)) return text === "true" || (text === "false" ? false : text);
  if (field.message?.typeName === "google.protobuf.FieldMask") return camelCase(text);
  return text;
}

function isBoolean({ scalar, message }: DescField): boolean {
  return scalar === ScalarType.BOOL || message?.typeName === "google.protobuf.BoolValue";
}

/** JSON names the fields of a mask `unitPrice`; in a query `unit_price` is taken too. */
function camelCase(paths: string): string {
  return paths.replace(/_([a-z\d])/g, (_, letter: string) => letter.toUpperCase());
}
