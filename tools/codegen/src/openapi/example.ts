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
import { shortenFloats } from "@mesh/contracts/json-floats";
import type { Definitions } from "../json-schema/definitions.ts";
import { isSpecial } from "../json-schema/well-known.ts";
import { isOneofRequired } from "../rules/field-rules.ts";
import { sampleOf } from "./sample.ts";

/** The number of nested messages in an example. */
const maxDepth = 5;

/** The fields of an example: all, or only the required ones, those with an example, and the listed ones. */
export type Extent = "most" | readonly DescField[];

/** The settings of one example. */
interface ExampleContext {
  readonly definitions: Definitions;
  readonly extent: Extent;
  /** The messages that contain the current one. */
  readonly outer: readonly DescMessage[];
}

/**
 * Returns an example of a message in JSON, made from the examples in the contract and from values that its rules allow;
 * undefined if protovalidate rejects it. In that case, add an `example` to the rules of its fields.
 */
export function exampleOf(
  message: DescMessage,
  extent: Extent,
  definitions: Definitions,
  validator: Validator,
): JsonValue | undefined {
  const made = messageSample(message, { definitions, extent, outer: [] });
  try {
    const parsed = fromJson(message, made as JsonValue); // Samples consist of JSON values.
    return validator.validate(message, parsed).kind === "valid"
      ? shortenFloats(message, toJson(message, parsed))
      : undefined;
  } catch {
    return undefined; // A message without a form in JSON, such as an empty Any, has no example.
  }
}

function messageSample(message: DescMessage, context: ExampleContext): unknown {
  const { definitions, outer } = context;
  if (isSpecial(message)) return sampleOf(definitions.expanded(message), message.name, definitions);
  const inner = { ...context, outer: [...outer, message] };
  const fields = message.members.flatMap((member) => (member.kind === "oneof" ? chosen(member) : [member]));
  const shown = fields.filter((field) => isShown(field, inner));
  return Object.fromEntries(shown.map((field) => [field.jsonName, fieldSample(field, inner)]));
}

function chosen(oneof: DescOneof): DescField[] {
  return oneof.fields.slice(0, 1);
}

function isShown(field: DescField, { definitions, extent, outer }: ExampleContext): boolean {
  if (definitions.requiredOf(field.parent).includes(field.jsonName)) return true;
  const isEndless = field.message !== undefined && (outer.length >= maxDepth || outer.includes(field.message));
  if (extent === "most") return !isEndless;
  if (extent.includes(field)) return true;
  const isOnlyChoice = field.oneof !== undefined && isOneofRequired(field.oneof);
  return isOnlyChoice || definitions.property(field).examples !== undefined;
}

function fieldSample(field: DescField, context: ExampleContext): unknown {
  const schema = context.definitions.property(field);
  if (field.fieldKind === "list") return [elementSample(field, schema.items, context)];
  if (field.fieldKind === "map")
    return { [keySample(field.mapKey)]: elementSample(field, schema.additionalProperties, context) };
  return elementSample(field, schema, context);
}

function elementSample(field: DescField, schema: unknown, context: ExampleContext): unknown {
  const isPlain = !field.message || isSpecial(field.message);
  if (isPlain) return sampleOf(schema, field.name, context.definitions);
  // Only required fields go deeper than this. A message that requires itself has no example.
  return context.outer.length > maxDepth ? {} : messageSample(field.message, context);
}

function keySample(key: ScalarType): string {
  if (key === ScalarType.BOOL) return "true";
  return key === ScalarType.STRING ? "key" : "1";
}
