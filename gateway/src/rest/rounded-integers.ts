import { type DescField, type DescMessage, type JsonValue, ScalarType } from "@bufbuild/protobuf";
import type { FieldViolation } from "@mesh/contracts";
import { fieldNamed } from "./descriptors.ts";
import { fieldFault } from "./field-fault.ts";
import { maxDepth } from "./json-faults.ts";
import { isObject } from "./place-value.ts";

/** Only numbers with this many digits, or an exponent, can have been rounded. */
const suspicious = /\d{16}|\d[eE]/;

const wide = new Set([
  ...[ScalarType.INT64, ScalarType.UINT64, ScalarType.SINT64],
  ...[ScalarType.FIXED64, ScalarType.SFIXED64],
]);
const wideWrappers = new Set(["google.protobuf.Int64Value", "google.protobuf.UInt64Value"]);

/** Finds 64-bit integers that were rounded when the body was parsed: numbers beyond 2^53 without quotes. */
export function roundedIn(message: DescMessage, json: JsonValue, text: string): FieldViolation[] {
  const faults: FieldViolation[] = [];
  if (suspicious.test(text)) inMessage(message, json, "", faults);
  return faults;
}

function inMessage(message: DescMessage, json: JsonValue, path: string, faults: FieldViolation[]): void {
  // JSON that is nested deeper is rejected for its depth.
  if (!isObject(json) || path.split(".").length > maxDepth) return;
  for (const [key, value] of Object.entries(json)) {
    const field = fieldNamed(message, key);
    if (!field) continue;
    const place = [path, field.name].filter(Boolean).join(".");
    for (const [item, at] of itemsOf(field, value, place)) inValue(field, item, at, faults);
  }
}

function itemsOf(field: DescField, value: JsonValue, place: string): (readonly [JsonValue, string])[] {
  if (field.fieldKind === "list" && Array.isArray(value)) {
    return value.map((item, index) => [item, `${place}[${index}]`] as const);
  }
  if (field.fieldKind === "map" && isObject(value)) return Object.values(value).map((item) => [item, place] as const);
  return [[value, place]];
}

function inValue(field: DescField, value: JsonValue, place: string, faults: FieldViolation[]): void {
  const { scalar, message } = field;
  const isWide = message ? wideWrappers.has(message.typeName) : scalar !== undefined && wide.has(scalar);
  if (isWide && Number.isInteger(value) && !Number.isSafeInteger(value)) {
    faults.push(fieldFault(place, "must be in quotes, because it is beyond 2^53"));
  } else if (message && !message.typeName.startsWith("google.protobuf.")) inMessage(message, value, place, faults);
}
