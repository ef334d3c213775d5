import {
  type DescExtension,
  type DescField,
  type DescMessage,
  type DescOneof,
  fromJson,
  type JsonObject,
  type JsonValue,
  ScalarType,
} from "@bufbuild/protobuf";
import { reflect } from "@bufbuild/protobuf/reflect";
import { AnySchema } from "@bufbuild/protobuf/wkt";
import type { FieldViolation } from "@mesh/contracts";
import { isAny } from "@mesh/contracts/schema";
import { fieldNamed } from "./descriptors.ts";
import { atField, atIndex, atKey, deeper, depthFault, FaultSearch, type Place } from "./fault-search.ts";
import { enumFault, isNullable, keyFault, scalarFault } from "./json-scalars.ts";
import { canLack, missingIn } from "./missing-fields.ts";
import { isObject } from "./place-value.ts";
import { markJson, unmarkAnys } from "./unknown-any.ts";
import { inValue, isPlain, plainFault } from "./well-known-json.ts";

/**
 * Finds the faults of JSON that is not a valid message: the path of each field, and what it must be. It is stricter than
 * protobuf-es, which takes what JavaScript reads as a number or a date. Reads every part once.
 */
export function faultsOf(message: DescMessage, json: JsonValue, options: FaultSearch["options"]): FieldViolation[] {
  const search = new FaultSearch(options);
  inMessage(message, json, { path: "", depth: 1 }, search);
  return search.faults;
}

function inMessage(message: DescMessage, json: JsonValue, place: Place, search: FaultSearch): void {
  const { typeName } = message;
  const isList = typeName === "google.protobuf.ListValue";
  if (isPlain(message)) search.add(place, plainFault(message, json));
  else if (typeName === "google.protobuf.Value") inValue(json, place, search);
  else if (isList ? !Array.isArray(json) : !isObject(json))
    search.add(place, `must be ${isList ? "a list" : "an object"}`);
  else if (isList || typeName === "google.protobuf.Struct") inValue(json, place, search);
  else if (depthFault(place)) search.add(place, depthFault(place));
  else if (isObject(json)) (typeName === "google.protobuf.Any" ? inAny : inFields)(message, json, place, search);
}

function inFields(message: DescMessage, json: JsonObject, place: Place, search: FaultSearch): void {
  const given = new Set<DescField | DescOneof>();
  for (const [key, value] of Object.entries(json)) {
    if (search.isFull) return;
    const field = fieldNamed(message, key);
    const at = atField(place, field?.name ?? key);
    if (!field) inOther(message, key, value, at, search);
    else {
      const isUnset = value === null && !isNullable(field);
      search.add(at, givenFault(field, isUnset, given));
      // To protobuf-es, null in a message field sets its oneof.
      if (isUnset) delete json[key];
      else inField(field, value, at, search);
    }
  }
}

/** What is no field may be an extension. */
function inOther(message: DescMessage, key: string, value: JsonValue, place: Place, search: FaultSearch): void {
  const { faults, options } = search;
  const named = options.registry.getExtension(key.slice(1, -1));
  const extension = named && `[${named.typeName}]` === key && named.extendee === message ? named : undefined;
  const { length } = faults;
  if (extension && value !== null) inField(extension, value, place, search);
  if (faults.length > length) return;
  try {
    fromJson(message, { [key]: value }, options);
  } catch {
    search.add(place, `is not a ${extension ? "valid extension" : "field"} of ${message.name}`);
  }
}

/** Returns the fault of a field that is set twice, or besides another field of its oneof. */
function givenFault(field: DescField, isUnset: boolean, given: Set<DescField | DescOneof>): string | undefined {
  if (given.has(field)) return "is set twice";
  given.add(field);
  const { oneof } = field;
  if (!oneof || isUnset) return undefined;
  if (given.has(oneof)) return `is set besides another field of ${oneof.name}`;
  given.add(oneof);
  return undefined;
}

function inField(field: DescField | DescExtension, value: JsonValue, place: Place, search: FaultSearch): void {
  if (field.fieldKind === "list") inList(field, value, place, search);
  else if (field.fieldKind === "map") inMap(field, value, place, search);
  else inElement(field, value, place, search);
}

function inList(field: DescField | DescExtension, value: JsonValue, place: Place, search: FaultSearch): void {
  if (!Array.isArray(value)) search.add(place, "must be a list");
  else {
    for (const [index, item] of value.entries()) {
      if (search.isFull) return;
      inElement(field, item, atIndex(place, index), search);
    }
  }
}

function inMap(
  field: (DescField | DescExtension) & { fieldKind: "map" },
  value: JsonValue,
  place: Place,
  search: FaultSearch,
): void {
  if (!isObject(value)) search.add(place, "must be an object");
  else {
    for (const [key, item] of Object.entries(value)) {
      if (search.isFull) return;
      search.add(atKey(place, key), keyFault(field.mapKey, key));
      inElement(field, item, atKey(place, key), search);
    }
  }
}

/** A single value, an item of a list, or a value of a map. */
function inElement(field: DescField | DescExtension, value: JsonValue, place: Place, search: FaultSearch): void {
  const { message, enum: enumeration, scalar } = field;
  // The name of an enum's value may be of a later contract.
  const isDropped = typeof value === "string" && search.options.ignoreUnknownFields === true;
  if (message) inMessage(message, value, deeper(place), search);
  else if (scalar !== undefined) search.add(place, scalarFault(scalar, value));
  else if (enumeration && !isDropped && value !== null) search.add(place, enumFault(enumeration, value));
  else if (value === null && !isNullable(field)) search.add(place, "must not be null");
}

/** Returns true for what follows the type of an Any if its message has no form in JSON. */
function isOpaque(rest: JsonObject): rest is { "@value": string } {
  const isOnly = Object.keys(rest).length === 1 && typeof rest["@value"] === "string";
  return isOnly && scalarFault(ScalarType.BYTES, rest["@value"] ?? null) === undefined;
}

/** The bytes of an Any inside another are checked only here: schemas don't look into bytes. */
function inOpaque(json: JsonObject, typeUrl: string, value: string, place: Place, search: FaultSearch): void {
  const isValid = isAny({ typeUrl, value: Buffer.from(value, "base64") });
  if (isValid) markJson(json, typeUrl, value);
  else search.add(place, 'must have the name of a message in "@type", and bytes in protobuf\'s format in "@value"');
}

/** An Any of a message whose JSON is not an object of its fields, which is in `value`. */
function inWhole(type: DescMessage, json: JsonObject, place: Place, search: FaultSearch): void {
  const { "@type": _, value = null, ...others } = json;
  const [other] = search.options.ignoreUnknownFields ? [] : Object.keys(others);
  if (other !== undefined) search.add(atField(place, other), `is not a field of ${type.name}`);
  inMessage(type, value, place, search);
  // Go writes an Empty in this way; protobuf-es reads it as an object.
  if (type.typeName === "google.protobuf.Empty") delete json.value;
}

/** The message of an Any is encoded on its own, which it can't be without its required fields. */
function inPacked(type: DescMessage, json: JsonObject, place: Place, search: FaultSearch): void {
  const { length } = search.faults;
  const { "@type": url = null } = json;
  // Not of a copy, since nulls are deleted from it.
  delete json["@type"];
  inMessage(type, json, place, search);
  if (search.faults.length === length && canLack(type)) {
    search.faults.push(...missingIn(reflect(type, fromJson(type, json, search.options)), place.path));
  }
  json["@type"] = url;
}

function inAny(_: DescMessage, json: JsonObject, place: Place, search: FaultSearch): void {
  const { "@type": url, ...rest } = json;
  if (url === undefined && Object.keys(rest).length === 0) return;
  const name = typeof url === "string" ? /\/([^/]+)$/.exec(url)?.[1] : undefined;
  const type = name === undefined ? undefined : search.options.registry.getMessage(name);
  const isWhole = type?.typeName.startsWith("google.protobuf.") && Object.hasOwn(rest, "value");
  if (name !== undefined && isOpaque(rest)) inOpaque(json, String(url), rest["@value"], place, search);
  else if (type && isWhole) inWhole(type, json, deeper(place), search);
  else if (type) inPacked(type, json, deeper(place), search);
  else search.add(place, 'must have an "@type" such as "type.googleapis.com/pkg.Name", of a message of the contracts');
  const isMarked = json["@type"] !== url;
  if (type && !isMarked && url !== `type.googleapis.com/${name}` && search.faults.length === 0) {
    keepUrl(json, String(url), search);
  }
}

/** protobuf-es gives every Any that it reads the host of Google, so one of another host is read here. */
function keepUrl(json: JsonObject, url: string, { options }: FaultSearch): void {
  const any = fromJson(AnySchema, json, options);
  unmarkAnys(AnySchema, any, options.registry);
  for (const key of Object.keys(json)) delete json[key];
  markJson(json, url, Buffer.from(any.value).toString("base64"));
}
