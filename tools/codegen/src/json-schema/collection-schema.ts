import { type DescField, ScalarType } from "@bufbuild/protobuf";
import type { FieldRules } from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import { type ReadRules, readRules } from "../rules/field-rules.ts";
import { Site } from "../rules/site.ts";
import { elementOf } from "../schema/element.ts";
import { elementSchema, orZero } from "./element-schema.ts";
import { keySchema } from "./key-schema.ts";
import { countOf, ruleValues } from "./rule-values.ts";
import { all, any, type JsonSchema } from "./schema.ts";
import type { Scope } from "./scope.ts";

/** The rules of a field whose rules do not apply. */
export const unruled: ReadRules = { required: false, ignored: true, ignoreZero: false, cel: [], typed: undefined };

/** Returns the schema of a list. */
export function listSchema(field: DescField & { fieldKind: "list" }, read: ReadRules, scope: Scope): JsonSchema {
  const rules = ruleValues(read, "repeated");
  const list = {
    type: "array",
    items: partSchema(field, rules.items, read, scope),
    ...given({ minItems: countOf(rules.min_items), maxItems: countOf(rules.max_items) }),
    ...(rules.unique === true && isComparable(field) && { uniqueItems: true }),
  };
  if (read.required) return all(list, { minItems: 1 });
  return read.ignoreZero && "minItems" in list ? any({ type: "array", maxItems: 0 }, list) : list;
}

/** Returns the schema of a map. */
export function mapSchema(field: DescField & { fieldKind: "map" }, read: ReadRules, scope: Scope): JsonSchema {
  const rules = ruleValues(read, "map");
  const propertyNames = keySchema(field.mapKey, partRules(field, rules.keys, read));
  const map = {
    type: "object",
    ...(Object.keys(propertyNames).length > 0 && { propertyNames }),
    additionalProperties: partSchema(field, rules.values, read, scope),
    ...given({ minProperties: countOf(rules.min_pairs), maxProperties: countOf(rules.max_pairs) }),
  };
  if (read.required) return all(map, { minProperties: 1 });
  return read.ignoreZero && "minProperties" in map ? any({ type: "object", maxProperties: 0 }, map) : map;
}

/** Returns false for numbers that can be NaN, which is not equal to itself, although its text in JSON is. */
function isComparable({ scalar }: DescField): boolean {
  return scalar !== ScalarType.DOUBLE && scalar !== ScalarType.FLOAT;
}

/** Returns the schema of an item of a list or of a value of a map. */
function partSchema(field: DescField, rules: unknown, whole: ReadRules, scope: Scope): JsonSchema {
  const read = partRules(field, rules, whole);
  const element = elementOf(field);
  const schema = elementSchema(element, read, scope);
  return read.ignoreZero ? orZero(schema, element) : schema;
}

/** Returns the rules of items, keys or values. If the rules of the field do not apply, these do not either. */
function partRules(field: DescField, rules: unknown, whole: ReadRules): ReadRules {
  if (whole.ignored) return unruled;
  return readRules(rules as FieldRules | undefined, new Site(field, [])); // Lists and maps have FieldRules of their parts.
}

function given(counts: Readonly<Record<string, number | undefined>>): JsonSchema {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== undefined));
}
