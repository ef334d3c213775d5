import { isReflectList, isReflectMessage, type ReflectMessage, reflect } from "@bufbuild/protobuf/reflect";
import { FieldRulesSchema } from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import type { ReadRules } from "../rules/field-rules.ts";

/** The rules of one kind that are set, by their name in validate.proto: texts, numbers, bytes, messages, lists of them. */
export type RuleValues = Readonly<Record<string, unknown>>;

/** The rules of a kind, such as `string`; rules of another kind are told of where schemas are generated. */
export function ruleValues({ typed }: ReadRules, kind: string): RuleValues {
  const schema = FieldRulesSchema.fields.find(({ name }) => name === kind)?.message;
  if (!typed || typed.kind !== kind || !schema) return {};
  const reflected = reflect(schema, typed.rules);
  const set = reflected.fields.filter((field) => reflected.isSet(field));
  return Object.fromEntries(set.map((field) => [field.name, plain(reflected.get(field))]));
}

/** The values of a rule that is a list; a rule that is not set has none. */
export function listOf<T = unknown>(value: unknown): T[] {
  return Array.isArray(value) ? value : []; // The rules of a kind hold values of that kind.
}

/** The value of a rule that is a count; undefined: it is not set. */
export function countOf(value: unknown): number | undefined {
  return value === undefined ? undefined : Number(value);
}

function plain(value: unknown): unknown {
  if (isReflectList(value)) return [...value].map(plain);
  return isReflectMessage(value) ? (value as ReflectMessage).message : value;
}
