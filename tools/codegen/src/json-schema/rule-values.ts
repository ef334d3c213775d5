import type { DescField, DescMessage, Message } from "@bufbuild/protobuf";
import { isReflectList, isReflectMessage, type ReflectMessage, reflect } from "@bufbuild/protobuf/reflect";
import { type ReadRules, schemaOfRules } from "../rules/field-rules.ts";
import { shortScalar } from "../rules/values.ts";

/** The set rules of one kind, by their name in validate.proto: texts, numbers, bytes, messages, or lists of them. */
export type RuleValues = Readonly<Record<string, unknown>>;

/** Returns the rules of a kind, such as `string`. The generator of the zod schemas reports rules of another kind. */
export function ruleValues({ typed }: ReadRules, kind: string): RuleValues {
  const schema = schemaOfRules(kind);
  if (!typed || typed.kind !== kind || !schema) return none;
  const values = known.get(typed.rules) ?? readValues(schema, typed.rules);
  known.set(typed.rules, values);
  return values;
}

const none: RuleValues = {};
/** Equal rules of several fields are one object. */
const known = new WeakMap<Message, RuleValues>();

function readValues(schema: DescMessage, rules: Message): RuleValues {
  const reflected = reflect(schema, rules);
  const set = reflected.fields.filter((field) => reflected.isSet(field));
  return Object.fromEntries(set.map((field) => [field.name, plain(field, reflected.get(field))]));
}

/** Returns the values of a rule with a list; none if the rule is not set. */
export function listOf<T = unknown>(value: unknown): T[] {
  return Array.isArray(value) ? value : []; // The values have the type of the rule's kind.
}

/** Returns the value of a rule with a count; undefined if the rule is not set. */
export function countOf(value: unknown): number | undefined {
  return value === undefined ? undefined : Number(value);
}

function plain(field: DescField, value: unknown): unknown {
  if (isReflectList(value)) return [...value].map((item) => plain(field, item));
  return isReflectMessage(value) ? (value as ReflectMessage).message : shortScalar(field, value);
}
