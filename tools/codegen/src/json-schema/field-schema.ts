import type { DescField } from "@bufbuild/protobuf";
import { descriptionOf } from "../comment.ts";
import { fieldRules, type ReadRules } from "../rules/field-rules.ts";
import { Site } from "../rules/site.ts";
import { elementOf } from "../schema/element.ts";
import { isImplicit } from "../schema/field-schema.ts";
import { listSchema, mapSchema, unruled } from "./collection-schema.ts";
import { elementSchema, orZero, zerosOf } from "./element-schema.ts";
import { all, type JsonSchema, oneOfValues } from "./schema.ts";
import type { Scope } from "./scope.ts";

/** Returns the schema of the property for a field, with its description. */
export function fieldSchema(field: DescField, scope: Scope): JsonSchema {
  const description = descriptionOf(field);
  return {
    ...valueSchema(field, rulesWithin(field, scope), scope),
    ...(description && { description }),
    ...(field.deprecated && { deprecated: true }),
  };
}

/** Returns the rules of a field that apply in a scope. The generator of the zod schemas reports wrong ones. */
export function rulesWithin(field: DescField, { isUnchecked }: Scope): ReadRules {
  return isUnchecked ? unruled : fieldRules(field, new Site(field, []));
}

/** Returns a schema that fits messages with the field set. A field that can't be absent is set if it is not zero. */
export function isSetSchema(field: DescField): JsonSchema {
  const present = { required: [field.jsonName] };
  return isImplicit(field) ? { ...present, properties: { [field.jsonName]: notZero(field) } } : present;
}

function valueSchema(field: DescField, read: ReadRules, scope: Scope): JsonSchema {
  if (field.fieldKind === "list") return listSchema(field, read, scope);
  if (field.fieldKind === "map") return mapSchema(field, read, scope);
  const element = elementOf(field);
  const schema = elementSchema(element, read, scope);
  if (!isImplicit(field)) return schema;
  if (read.required) return all(schema, notZero(field));
  return read.ignoreZero ? orZero(schema, element) : schema;
}

function notZero(field: DescField): JsonSchema {
  if (field.fieldKind === "list") return { minItems: 1 };
  if (field.fieldKind === "map") return { minProperties: 1 };
  const zeros = zerosOf(elementOf(field));
  return zeros[0] === "" ? { minLength: 1 } : { not: oneOfValues(zeros) };
}
