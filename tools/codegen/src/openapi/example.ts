import {
  type DescField,
  type DescMessage,
  type DescOneof,
  fromJson,
  type JsonValue,
  ScalarType,
  toJson,
} from "@bufbuild/protobuf";
import type { Validator } from "@bufbuild/protovalidate";
import type { Definitions } from "../json-schema/definitions.ts";
import { isSpecial } from "../json-schema/well-known.ts";
import { isOneofRequired } from "../rules/field-rules.ts";
import { sampleOf } from "./sample.ts";

/** How deep examples go. */
const maxDepth = 5;

/** Which fields an example has: all, or those that a request can't be without, those with an example, and these. */
export type Extent = "most" | readonly DescField[];

/** What an example is made with. */
interface Making {
  readonly definitions: Definitions;
  readonly extent: Extent;
  /** The messages that it is within. */
  readonly outer: readonly DescMessage[];
}

/**
 * An example of a message in JSON, made of what the contract gives as examples and of what its rules let through.
 * Undefined: none was found that protovalidate accepts; an `example` in the rules of its fields helps.
 */
export function exampleOf(
  message: DescMessage,
  extent: Extent,
  definitions: Definitions,
  validator: Validator,
): JsonValue | undefined {
  const made = messageSample(message, { definitions, extent, outer: [] });
  try {
    const parsed = fromJson(message, made as JsonValue); // What samples are made of is JSON.
    return validator.validate(message, parsed).kind === "valid" ? toJson(message, parsed) : undefined;
  } catch {
    return undefined; // What has no form in JSON, such as an Any of nothing, can't be shown.
  }
}

function messageSample(message: DescMessage, making: Making): unknown {
  const { definitions, outer } = making;
  if (isSpecial(message)) return sampleOf(definitions.expanded(message), message.name, definitions);
  const inner = { ...making, outer: [...outer, message] };
  const fields = message.members.flatMap((member) => (member.kind === "oneof" ? chosen(member) : [member]));
  const shown = fields.filter((field) => isShown(field, inner));
  return Object.fromEntries(shown.map((field) => [field.jsonName, fieldSample(field, inner)]));
}

function chosen(oneof: DescOneof): DescField[] {
  return oneof.fields.slice(0, 1);
}

function isShown(field: DescField, { definitions, extent, outer }: Making): boolean {
  if (definitions.requiredOf(field.parent).includes(field.jsonName)) return true;
  const isEndless = field.message !== undefined && (outer.length >= maxDepth || outer.includes(field.message));
  if (extent === "most") return !isEndless;
  if (extent.includes(field)) return true;
  const isOnlyChoice = field.oneof !== undefined && isOneofRequired(field.oneof);
  return isOnlyChoice || definitions.property(field).examples !== undefined;
}

function fieldSample(field: DescField, making: Making): unknown {
  const schema = making.definitions.property(field);
  if (field.fieldKind === "list") return [elementSample(field, schema.items, making)];
  if (field.fieldKind === "map")
    return { [keySample(field.mapKey)]: elementSample(field, schema.additionalProperties, making) };
  return elementSample(field, schema, making);
}

function elementSample(field: DescField, schema: unknown, making: Making): unknown {
  const isPlain = !field.message || isSpecial(field.message);
  if (isPlain) return sampleOf(schema, field.name, making.definitions);
  // Only what is required goes deeper than this; a message that requires itself has no example.
  return making.outer.length > maxDepth ? {} : messageSample(field.message, making);
}

function keySample(key: ScalarType): string {
  if (key === ScalarType.BOOL) return "true";
  return key === ScalarType.STRING ? "key" : "1";
}
