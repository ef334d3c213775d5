import { type CelInput, celFromScalar } from "@bufbuild/cel";
import {
  create,
  type DescField,
  type DescMessage,
  fromJson,
  type JsonValue,
  type Message,
  ScalarType,
} from "@bufbuild/protobuf";
import { reflect, reflectList, reflectMap } from "@bufbuild/protobuf/reflect";
import { isWrapperDesc, timestampFromMs } from "@bufbuild/protobuf/wkt";
import { exactTimeOf } from "../exact-time.ts";

/** The values of a field that an expression checks: the whole, each item of a list or value of a map, or each key. */
export type Part = "all" | "item" | "key";

/** Converts a value, as ts-proto types it, to its form in an expression; the value must have the right type. */
export function celValue(field: DescField, part: Part, value: unknown): CelInput {
  if (field.fieldKind === "list" && part === "all") return reflectList(field, listOf(field, value));
  if (field.fieldKind === "map" && part === "all") return reflectMap(field, entriesOf(field, value));
  if (field.fieldKind === "map" && part === "key") return celFromScalar(field.mapKey, value as never); // Checked before.
  if (field.message) return celMessage(field.message, value);
  const scalar = field.enum ? ScalarType.INT32 : (field.scalar ?? ScalarType.STRING);
  return celFromScalar(scalar, singleOf(field, value) as never); // The schema has checked that it is one.
}

/** Converts a message to its form in an expression. */
export function celMessage(desc: DescMessage, value: unknown): CelInput {
  return reflect(desc, messageOf(desc, value));
}

/** A message of protobuf-es; the JSON names of its fields and the names of its oneofs are ts-proto's. */
function messageOf(desc: DescMessage, value: unknown): Message {
  if (value instanceof Date) return Object.assign(create(desc), exactTimeOf(value) ?? timestampFromMs(value.getTime()));
  if (isWrapperDesc(desc)) return Object.assign(create(desc), { value: rounded(desc.fields[0], value) });
  if (desc.typeName === "google.protobuf.FieldMask") return Object.assign(create(desc), { paths: value });
  if (/^google\.protobuf\.(Struct|Value|ListValue)$/.test(desc.typeName)) return fromJson(desc, value as JsonValue);
  const given = value as Readonly<Record<string, unknown>>; // Of the right type, as the schema has checked.
  const entries = desc.members.flatMap((member) => {
    const key = member.kind === "oneof" ? member.name : member.jsonName;
    const own = Object.hasOwn(given, key) ? given[key] : undefined;
    if (own === undefined) return [];
    if (member.kind === "field") return [[member.localName, fieldValue(member, own)] as const];
    const { $case, value: inner } = own as { $case: string; value: unknown };
    const field = member.fields.find(({ jsonName }) => jsonName === $case);
    return field ? [[member.localName, { case: field.localName, value: fieldValue(field, inner) }] as const] : [];
  });
  return Object.assign(create(desc), Object.fromEntries(entries));
}

function fieldValue(field: DescField, value: unknown): unknown {
  if (field.fieldKind === "list") return listOf(field, value);
  return field.fieldKind === "map" ? entriesOf(field, value) : singleOf(field, value);
}

function listOf(field: DescField, value: unknown): unknown[] {
  return (value as unknown[]).map((item) => singleOf(field, item));
}

function entriesOf(field: DescField, value: unknown): Record<string, unknown> {
  const entries = value instanceof Map ? [...value] : Object.entries(value as object);
  return Object.fromEntries(entries.map(([key, item]) => [String(key), singleOf(field, item)]));
}

/** A value, an item of a list or a value of a map. */
function singleOf(field: DescField, value: unknown): unknown {
  if (!field.message) return rounded(field, value);
  // Protobuf-es knows a Struct in a field as an object, and a wrapper in a field of its own as what it wraps.
  if (field.message.typeName === "google.protobuf.Struct") return value;
  const isUnwrapped = isWrapperDesc(field.message) && field.fieldKind === "message" && !field.oneof;
  return isUnwrapped ? rounded(field.message.fields[0], value) : messageOf(field.message, value);
}

/** Rounds a number in a `float` field, as sending it does. */
function rounded(field: DescField | undefined, value: unknown): unknown {
  return field?.scalar === ScalarType.FLOAT && typeof value === "number" ? Math.fround(value) : value;
}
