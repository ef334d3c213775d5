import type { DescField, DescMessage } from "@bufbuild/protobuf";
import { durationPattern, fieldMaskPattern, timestampPattern } from "@mesh/contracts/json-forms";
import type { Timestamps } from "../catalogue/timestamps.ts";
import { wrapped } from "../schema/element.ts";
import { listOf, type RuleValues } from "./rule-values.ts";
import { all, any, type JsonSchema, oneOfValues } from "./schema.ts";

/** The messages with a JSON form of their own: the name of their rules, and their schema. */
const kinds: Readonly<Record<string, readonly [kind: string, schema: JsonSchema]>> = {
  "google.protobuf.Timestamp": ["timestamp", { type: "string", format: "date-time", pattern: timestampPattern }],
  // Not format: duration, which is ISO 8601's `PT3S`.
  "google.protobuf.Duration": ["duration", { type: "string", pattern: durationPattern }],
  "google.protobuf.FieldMask": ["field_mask", { type: "string", pattern: fieldMaskPattern }],
  "google.protobuf.Any": [
    "any",
    { type: "object", properties: { "@type": { type: "string", pattern: "\\/[^\\/]+$" } } },
  ],
  "google.protobuf.Struct": ["", { type: "object" }],
  "google.protobuf.ListValue": ["", { type: "array" }],
  "google.protobuf.Value": ["", {}],
};

/** The messages whose JSON is a text. */
const texts = new Set(["Timestamp", "Duration", "FieldMask"].map((name) => `google.protobuf.${name}`));

/** Returns the name of the rules of such a message; undefined if it has no JSON form of its own. */
export function wellKnownKind(message: DescMessage): string | undefined {
  return Object.hasOwn(kinds, message.typeName) ? kinds[message.typeName]?.[0] : undefined;
}

/** Returns true if a message has a JSON form of its own, without its fields. */
export function isSpecial(message: DescMessage): boolean {
  return wellKnownKind(message) !== undefined || wrapped(message) !== undefined;
}

/** The texts of times without digits below a millisecond. */
const wholeTimes = { pattern: "^[^.]*(?:\\.[0-9]{1,3}0*)?(?:Z|[+\\-][0-9]{2}:[0-9]{2})$" };

/** Returns the schema of such a message. JSON Schema can't express the rules of timestamps and durations. */
export function wellKnownSchema(
  message: DescMessage,
  rules: RuleValues,
  isRequest: boolean,
  timestamps?: Timestamps,
): JsonSchema {
  const [kind = "", schema = {}] = kinds[message.typeName] ?? [];
  if (kind === "timestamp" && timestamps === "reject") return all(schema, wholeTimes);
  if (kind !== "any") return schema;
  // An empty Any has no type.
  const hasType = any({ maxProperties: 0 }, { required: ["@type"] });
  return all(schema, ...(isRequest ? [hasType] : []), ...typesOf(rules));
}

function typesOf(rules: RuleValues): JsonSchema[] {
  const [allowed, banned] = [listOf(rules.in), listOf(rules.not_in)];
  const property = (schema: JsonSchema) => ({ properties: { "@type": schema } });
  return [
    ...(allowed.length > 0 ? [{ required: ["@type"], ...property(oneOfValues(allowed)) }] : []),
    ...(banned.length > 0 ? [property({ not: oneOfValues(banned) })] : []),
  ];
}

/** Returns true if one text, or several for a list, can express the value of a field, as in a query. */
export function isTextual(field: DescField): boolean {
  if (field.fieldKind === "map") return false;
  if (!field.message) return true;
  return wrapped(field.message) !== undefined || texts.has(field.message.typeName);
}
