import { ScalarType } from "@bufbuild/protobuf";
import type { ReadRules } from "../rules/field-rules.ts";
import { ruleKind } from "../schema/scalar.ts";
import { integerPattern } from "./number-schema.ts";
import { listOf, type RuleValues, ruleValues } from "./rule-values.ts";
import { all, any, type JsonSchema, oneOfValues } from "./schema.ts";
import { stringSchema } from "./string-schema.ts";

/** Returns the schema of a map's keys, which are always texts in JSON. It is empty if any text is allowed. */
export function keySchema(key: ScalarType, read: ReadRules): JsonSchema {
  const rules = ruleValues(read, ruleKind(key));
  if (key === ScalarType.BOOL) return oneOfValues(booleanKeys(rules, read));
  const isText = key === ScalarType.STRING;
  const { type: _type, ...schema } = isText ? stringSchema(rules) : integerSchema(key, rules);
  if (!read.ignoreZero || Object.keys(schema).length === 0) return schema;
  return any({ const: isText ? "" : "0" }, schema);
}

function booleanKeys({ const: only }: RuleValues, { ignoreZero }: ReadRules): string[] {
  if (only === undefined) return ["true", "false"];
  return ignoreZero ? ["false", String(only)] : [String(only)];
}

/** Returns the schema of an integer as a text. */
function integerSchema(key: ScalarType, rules: RuleValues): JsonSchema {
  const allowed = rules.const === undefined ? listOf(rules.in) : [rules.const];
  const banned = listOf(rules.not_in).map(String);
  return all(
    { pattern: integerPattern(key, rules) },
    ...(allowed.length > 0 ? [oneOfValues(allowed.map(String))] : []),
    ...(banned.length > 0 ? [{ not: oneOfValues(banned) }] : []),
  );
}
