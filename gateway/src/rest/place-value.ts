import type { DescField, JsonObject, JsonValue } from "@bufbuild/protobuf";
import { fieldFault, invalidRequest } from "./field-fault.ts";

/**
 * Puts a value into the JSON of a request, where its path or its query says it.
 *
 * @param fields lead to the field
 * @throws MeshError INVALID_ARGUMENT where the body says something else there
 */
export function place(json: JsonObject, fields: readonly DescField[], value: JsonValue): void {
  const last = fields.at(-1);
  if (!last) return;
  const parent = fields.slice(0, -1).reduce(inside, json);
  const key = keyOf(parent, last);
  const present = parent[key];
  if (present !== undefined && present !== null && !isSame(present, value)) {
    throw invalidRequest([fieldFault(nameOf(fields), "is given twice, and not the same: give it once")]);
  }
  parent[key] = value;
}

/** The name of a field within its request: `product.id`. */
export function nameOf(fields: readonly DescField[]): string {
  return fields.map(({ name }) => name).join(".");
}

/** An object whose keys are no more than that: one called `__proto__` is a key too. */
export function plainObject(entries: JsonObject = {}): JsonObject {
  return Object.assign(Object.create(null), entries);
}

/** Whether a value of JSON is an object. */
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

/** The name by which JSON has a field already. */
function keyOf(json: JsonObject, { name, jsonName }: DescField): string {
  return Object.hasOwn(json, name) ? name : jsonName;
}

/** Numbers may be written as texts. */
function isSame(present: JsonValue, value: JsonValue): boolean {
  return typeof present !== "object" && String(present) === String(value);
}
