import { type DescField, type JsonValue, ScalarType } from "@bufbuild/protobuf";
import { numberPattern } from "@mesh/contracts/json-forms";
import { HttpError } from "../http/http-error.ts";

const number = new RegExp(numberPattern);

/** Messages whose JSON form is a string, a number or a boolean, so that a query parameter can hold them. */
const plainMessages = new Set(
  `Timestamp Duration FieldMask BoolValue StringValue BytesValue Int32Value UInt32Value Int64Value UInt64Value
  FloatValue DoubleValue`
    .split(/\s+/)
    .map((name) => `google.protobuf.${name}`),
);

/** Returns true if one text can hold the value of a field, or several texts if it is a list. */
export function isTextual(field: DescField): boolean {
  return field.fieldKind !== "map" && (!field.message || plainMessages.has(field.message.typeName));
}

/** Decodes a part of a URL. @throws HttpError 400 if it is not percent-encoded UTF-8 */
export function percentDecoded(text: string, part: "path" | "query"): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new HttpError(400, `the ${part} is not percent-encoded UTF-8`);
  }
}

/** Decodes a value of a query, in which `+` is a space, except in base64, where it is a digit. */
export function queryDecoded({ scalar, message }: DescField, text: string): string {
  const isBytes = scalar === ScalarType.BYTES || message?.typeName === "google.protobuf.BytesValue";
  return percentDecoded(isBytes ? text : text.replaceAll("+", " "), "query");
}

/** Converts a text of a path or a query to proto3 JSON. A text that does not fit stays a string and is rejected later. */
export function jsonOf(field: DescField, text: string): JsonValue {
  if (field.enum) return number.test(text) ? Number(text) : text;
  if (isBoolean(field)) return text === "true" || (text === "false" ? false : text);
  if (field.message?.typeName === "google.protobuf.FieldMask") return camelCase(text);
  return text;
}

function isBoolean({ scalar, message }: DescField): boolean {
  return scalar === ScalarType.BOOL || message?.typeName === "google.protobuf.BoolValue";
}

/** JSON has the fields of a mask as `unitPrice`; a query may also have `unit_price`. */
function camelCase(paths: string): string {
  return paths.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
