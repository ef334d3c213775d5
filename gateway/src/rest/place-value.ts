import type { DescField, JsonObject, JsonValue } from "@bufbuild/protobuf";
import { fieldFault, invalidRequest } from "./field-fault.ts";

/**
 * Sets a field in the JSON of a request to the value from its path, its query or its header.
 *
 * @param fields the path to the field
 * @throws MeshError INVALID_ARGUMENT if the body has another value for it
 */
export function place(json: JsonObject, fields: readonly DescField[], value: JsonValue): void {
  const last = fields.at(-1);
  if (!last) return;
  const parent = fields.slice(0, -1).reduce(inside, json);
  const key = keyOf(parent, last);
  const present = parent[key];
  if (present !== undefined && present !== null && !isSame(present, value)) {
    throw invalidRequest([fieldFault(nameOf(fields), "is set twice, to different values")]);
  }
  parent[key] = value;
}

/** Returns the dotted name of a field: `product.id`. */
export function nameOf(fields: readonly DescField[]): string {
  return fields.map(({ name }) => name).join(".");
}

/** Makes an object without a prototype, in which `__proto__` is an ordinary key. */
export function plainObject(entries: JsonObject = {}): JsonObject {
  return Object.assign(Object.create(null), entries);
}

/** Returns true if a value of JSON is an object. */
export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function inside(json: JsonObject, field: DescField): JsonObject {
  const key = keyOf(json, field);
  const present = json[key];
  if (present !== undefined && present !== null && !isObject(present)) {
    throw invalidRequest([fieldFault(field.name, "must be an object")]);
  }
  const object = plainObject(isObject(present) ? present : {});
  json[key] = object;
  return object;
}

/** Returns the name by which the JSON already has a field, else its JSON name. */
function keyOf(json: JsonObject, { name, jsonName }: DescField): string {
  return Object.hasOwn(json, name) ? name : jsonName;
}

/** The text of a path may mean a number of the body. */
function isSame(present: JsonValue, value: JsonValue): boolean {
  return typeof present !== "object" && String(present) === String(value);
}
