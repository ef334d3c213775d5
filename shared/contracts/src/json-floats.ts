import {
  type DescField,
  type DescMessage,
  type JsonObject,
  type JsonValue,
  type Registry,
  ScalarType,
} from "@bufbuild/protobuf";
import { shortFloat } from "./short-float.ts";

const anyName = "google.protobuf.Any";

/**
 * Writes the floats in the JSON of a message as the shortest decimals: 0.1, not 0.10000000149011612, which protobuf-es
 * writes. Changes the JSON in place.
 *
 * @param json made by `toJson` of protobuf-es
 * @param registry finds the messages in a google.protobuf.Any
 *
 * @example
 * ```ts
 * import { create, toJson } from "@bufbuild/protobuf";
 * import { FloatValueSchema } from "@bufbuild/protobuf/wkt";
 * import { shortenFloats } from "@mesh/contracts/json-floats";
 *
 * const json = toJson(FloatValueSchema, create(FloatValueSchema, { value: Math.fround(0.1) }));
 * console.info(shortenFloats(FloatValueSchema, json)); // 0.1
 * ```
 */
export function shortenFloats(message: DescMessage, json: JsonValue, registry?: Registry): JsonValue {
  if (message.typeName === "google.protobuf.FloatValue") return shortened(json);
  if (!isObject(json) || !reachesFloats(message)) return json;
  if (message.typeName === anyName) return inAny(json, registry);
  for (const field of message.fields) {
    const value = json[field.jsonName];
    if (value !== undefined && isRelevant(field)) json[field.jsonName] = inField(field, value, registry);
  }
  return json;
}

function inAny(json: JsonObject, registry: Registry | undefined): JsonValue {
  const type = registry?.getMessage(String(json["@type"]).split("/").at(-1) ?? "");
  if (!type) return json;
  const { value } = json;
  const isWhole = type.typeName.startsWith("google.protobuf.") && value !== undefined;
  return isWhole ? { ...json, value: shortenFloats(type, value, registry) } : shortenFloats(type, json, registry);
}

function inField(field: DescField, value: JsonValue, registry: Registry | undefined): JsonValue {
  const inElement = (one: JsonValue) => (field.message ? shortenFloats(field.message, one, registry) : shortened(one));
  if (field.fieldKind === "list" && Array.isArray(value)) return value.map(inElement);
  if (field.fieldKind !== "map" || !isObject(value)) return inElement(value);
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, inElement(one)]));
}

/** NaN and the infinities are texts. */
function shortened(json: JsonValue): JsonValue {
  return typeof json === "number" ? shortFloat(json) : json;
}

const known = new WeakMap<DescMessage, boolean>();

/** Returns true if a message can have floats, at any depth. */
function reachesFloats(message: DescMessage): boolean {
  const found = known.get(message) ?? search(message);
  known.set(message, found);
  return found;
}

function search(message: DescMessage): boolean {
  const seen = new Set([message]);
  // Iterating a set includes the elements that are added meanwhile.
  for (const each of seen) {
    if (each.typeName === anyName || each.fields.some(({ scalar }) => scalar === ScalarType.FLOAT)) return true;
    for (const field of each.fields) if (field.message) seen.add(field.message);
  }
  return false;
}

function isRelevant({ scalar, message }: DescField): boolean {
  return message ? reachesFloats(message) : scalar === ScalarType.FLOAT;
}

function isObject(json: JsonValue): json is JsonObject {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}
