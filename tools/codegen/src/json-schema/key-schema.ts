import { ScalarType } from "@bufbuild/protobuf";
import type { ReadRules } from "../rules/field-rules.ts";
import { is64Bit } from "../schema/element.ts";
import { ruleKind } from "../schema/scalar.ts";
import { numberSchema } from "./number-schema.ts";
import { type RuleValues, ruleValues } from "./rule-values.ts";
import { any, type JsonSchema, oneOfValues } from "./schema.ts";
import { stringSchema } from "./string-schema.ts";

/** Returns the schema of a map's keys, which are always texts in JSON. It is empty if any text is allowed. */
export function keySchema(key: ScalarType, read: ReadRules): JsonSchema {
  const rules = ruleValues(read, ruleKind(key));
  if (key === ScalarType.BOOL) return oneOfValues(booleanKeys(rules, read));
  const isText = key === ScalarType.STRING;
  const { type: _type, format: _format, ...schema } = isText ? stringSchema(rules) : integerSchema(key, rules);
  if (!read.ignoreZero || Object.keys(schema).length === 0) return schema;
  return any({ const: isText ? "" : "0" }, schema);
}

function booleanKeys({ const: only }: RuleValues, { ignoreZero }: ReadRules): string[] {
  if (only === undefined) return ["true", "false"];
  return ignoreZero ? ["false", String(only)] : [String(only)];
}

/** Returns the schema of an integer as a text. Those of 32 bits have the same form as those of 64. */
function integerSchema(key: ScalarType, rules: RuleValues): JsonSchema {
  if (is64Bit(key)) return numberSchema(key, rules);
  const isUnsigned = key === ScalarType.UINT32 || key === ScalarType.FIXED32;
  const wide = Object.entries(rules).map(([name, value]) => [name, widened(value)] as const);
  return numberSchema(isUnsigned ? ScalarType.UINT64 : ScalarType.INT64, Object.fromEntries(wide));
}

function widened(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(widened);
  return typeof value === "number" ? BigInt(value) : value;
}
