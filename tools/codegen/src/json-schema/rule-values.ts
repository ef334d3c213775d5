import type { DescField } from "@bufbuild/protobuf";
import { isReflectList, isReflectMessage, type ReflectMessage, reflect } from "@bufbuild/protobuf/reflect";
import { FieldRulesSchema } from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import type { ReadRules } from "../rules/field-rules.ts";
import { shortScalar } from "../rules/values.ts";

/** The set rules of one kind, by their name in validate.proto: texts, numbers, bytes, messages, or lists of them. */
export type RuleValues = Readonly<Record<string, unknown>>;

/** Returns the rules of a kind, such as `string`. The generator of the zod schemas reports rules of another kind. */
export function ruleValues({ typed }: ReadRules, kind: string): RuleValues {
  const schema = FieldRulesSchema.fields.find(({ name }) => name === kind)?.message;
  if (!typed || typed.kind !== kind || !schema) return {};
  const reflected = reflect(schema, typed.rules);
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
