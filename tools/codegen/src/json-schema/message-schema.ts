import type { DescField, DescMessage, DescOneof } from "@bufbuild/protobuf";
import { FeatureSet_FieldPresence as Presence } from "@bufbuild/protobuf/wkt";
import { descriptionOf } from "../comment.ts";
import { isOneofRequired, messageRules } from "../rules/field-rules.ts";
import { fieldSchema, isSetSchema, rulesWithin } from "./field-schema.ts";
import { all, any, type JsonSchema } from "./schema.ts";
import type { Scope } from "./scope.ts";

/** Returns the schema of a message as an object, with its description. It does not contain the rules in CEL. */
export function messageSchema(message: DescMessage, scope: Scope): JsonSchema {
  const description = descriptionOf(message);
  const required = requiredProperties(message, scope);
  const object = {
    title: message.name,
    ...(description && { description }),
    ...(message.deprecated && { deprecated: true }),
    type: "object",
    properties: propertiesOf(message, scope),
    ...(required.length > 0 && { required }),
    ...(scope.isRequest && closing(message)),
  };
  return all(object, ...message.oneofs.flatMap((oneof) => oneofSchemas(oneof, scope)), ...exclusions(message, scope));
}

/** Returns the schemas of the fields as own properties, because the name of a field may be `__proto__`. */
function propertiesOf(message: DescMessage, scope: Scope): JsonSchema {
  return Object.fromEntries(message.fields.map((field) => [field.jsonName, fieldSchema(field, scope)]));
}

function requiredProperties(message: DescMessage, scope: Scope): string[] {
  const needed = scope.isUnchecked ? new Set<string>() : scope.needed(message);
  const isRequired = (field: DescField) =>
    field.presence === Presence.LEGACY_REQUIRED ||
    (field.oneof ? rulesWithin(field, scope).required : needed.has(field.name));
  return message.fields.filter(isRequired).map(({ jsonName }) => jsonName);
}

/** Returns the keywords that reject unknown properties. Extensions are properties too: `[pkg.name]`. */
function closing(message: DescMessage): JsonSchema {
  const isExtensible = message.proto.extensionRange.length > 0;
  return { ...(isExtensible && { patternProperties: { "^\\[.+\\]$": {} } }), additionalProperties: false };
}

/** Returns schemas that allow at most one of the fields, or exactly one if the rules require it. */
function oneofSchemas(oneof: DescOneof, { isUnchecked }: Scope): JsonSchema[] {
  return [
    exactlyOne(
      oneof.fields.map(({ jsonName }) => ({ required: [jsonName] })),
      !isUnchecked && isOneofRequired(oneof),
    ),
  ];
}

function exactlyOne(choices: readonly JsonSchema[], isRequired: boolean): JsonSchema {
  if (isRequired) return choices.length === 1 ? (choices[0] ?? {}) : { oneOf: choices };
  return choices.length === 1 ? {} : { oneOf: [...choices, { not: any(...choices) }] };
}

/** Returns the schemas of `(buf.validate.message).oneof`, which limits the number of fields that are set. */
function exclusions(message: DescMessage, { isUnchecked }: Scope): JsonSchema[] {
  if (isUnchecked) return [];
  return messageRules(message).oneof.map((rule) => {
    const fields = message.fields.filter(({ name }) => rule.fields.includes(name));
    return exactlyOne(fields.map(isSetSchema), rule.required);
  });
}
