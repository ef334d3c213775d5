import { ScalarType } from "@bufbuild/protobuf";
import { is64Bit } from "../schema/element.ts";
import { listOf, type RuleValues } from "./rule-values.ts";
import { all, any, type JsonSchema, nothing, oneOfValues } from "./schema.ts";

/** Returns the schema of a number. 64-bit integers are texts, for which JSON Schema has no range. */
export function numberSchema(scalar: ScalarType, rules: RuleValues): JsonSchema {
  if (is64Bit(scalar)) return bigSchema(scalar, rules);
  if (scalar === ScalarType.DOUBLE || scalar === ScalarType.FLOAT) return floatSchema(scalar, rules);
  return integerSchema(scalar, rules);
}

function integerSchema(scalar: ScalarType, rules: RuleValues): JsonSchema {
  const isUnsigned = scalar === ScalarType.UINT32 || scalar === ScalarType.FIXED32;
  const [minimum, maximum] = isUnsigned ? [0, 2 ** 32 - 1] : [-(2 ** 31), 2 ** 31 - 1];
  const base = { type: "integer", format: isUnsigned ? "uint32" : "int32" };
  const allowed = allowedValues(rules);
  if (allowed) return all(base, oneOfValues(allowed.filter((value) => isAccepted(value, rules))));
  return all(base, ...rangeSchemas({ ...rules }, { minimum, maximum }), ...excluded(rules, Number));
}

/** Returns the schema of a float or double. `"NaN"`, `"Infinity"` and `"-Infinity"` are texts in JSON. */
function floatSchema(scalar: ScalarType, rules: RuleValues): JsonSchema {
  const allowed = allowedValues(rules);
  if (allowed) return oneOfValues(allowed.filter((value) => isAccepted(value, rules)).map(floatJson));
  const base = { type: "number", format: scalar === ScalarType.FLOAT ? "float" : "double" };
  const finite = all(base, ...rangeSchemas(rules, {}), ...excluded(rules, Number));
  const others = [Number.NaN, Infinity, -Infinity].filter((value) => isAccepted(value, rules));
  return others.length === 0 ? finite : any(finite, { enum: others.map(floatJson) });
}

/** Returns the JSON of a float or double. */
export function floatJson(value: unknown): unknown {
  return Number.isFinite(value) ? value : String(value);
}

function bigSchema(scalar: ScalarType, rules: RuleValues): JsonSchema {
  const isUnsigned = scalar === ScalarType.UINT64 || scalar === ScalarType.FIXED64;
  const base = { type: "string", format: isUnsigned ? "uint64" : "int64" };
  const allowed = allowedValues(rules);
  if (allowed) return all(base, oneOfValues(allowed.filter((value) => isAccepted(value, rules)).map(String)));
  return all(base, { pattern: bigPattern(isUnsigned, rules) }, ...excluded(rules, String));
}

/** Returns a pattern of canonical integers. It expresses only those limits of a range that exclude a sign or 0. */
function bigPattern(isUnsigned: boolean, rules: RuleValues): string {
  const digits = `[1-9][0-9]{0,${isUnsigned ? 19 : 18}}`;
  const low = isInverted(rules) ? undefined : lowest(rules);
  if (low !== undefined && low > 0n) return `^${digits}$`;
  const isPositive = isUnsigned || (low !== undefined && low >= 0n);
  return `^(?:0|${isPositive ? "" : "-?"}${digits})$`;
}

/** Returns the lowest integer that the rules allow. */
function lowest({ gt, gte }: RuleValues): bigint | undefined {
  if (typeof gt === "bigint") return gt + 1n;
  return typeof gte === "bigint" ? gte : undefined;
}

/** Returns the values that a rule lists, without NaN, which is not equal to any value. */
function allowedValues(rules: RuleValues): unknown[] | undefined {
  const list = rules.const === undefined ? listOf(rules.in) : [rules.const];
  return list.length > 0 ? list.filter((value) => !Number.isNaN(value)) : undefined;
}

function excluded({ not_in }: RuleValues, json: (value: unknown) => unknown): JsonSchema[] {
  const values = listOf(not_in)
    .map(json)
    .filter((value) => typeof value === "string" || Number.isFinite(value));
  return values.length > 0 ? [{ not: oneOfValues(values) }] : [];
}

/** Returns the schemas of a range. If the upper bound is below the lower one, the values outside are allowed. */
function rangeSchemas(rules: RuleValues, own: { minimum?: number; maximum?: number }): JsonSchema[] {
  const { gt, gte, lt, lte } = rules;
  const low = boundOf("exclusiveMinimum", gt) ?? boundOf("minimum", gte);
  const high = boundOf("exclusiveMaximum", lt) ?? boundOf("maximum", lte);
  if (isInverted(rules)) return [own, any(low ?? nothing, high ?? nothing)];
  const { minimum, maximum } = own;
  return [low ?? (minimum === undefined ? {} : { minimum }), high ?? (maximum === undefined ? {} : { maximum })];
}

/** Returns the keyword of a bound, or none if it is infinite. A bound that excludes all numbers is not expressed. */
function boundOf(keyword: string, value: unknown): JsonSchema | undefined {
  if (value === undefined) return undefined;
  return Number.isFinite(value) ? { [keyword]: value } : {};
}

function isInverted({ gt, gte, lt, lte }: RuleValues): boolean {
  const [low, high] = [comparable(gt ?? gte), comparable(lt ?? lte)];
  return low !== undefined && high !== undefined && high < low;
}

function isAccepted(given: unknown, rules: RuleValues): boolean {
  const value = comparable(given);
  if (value === undefined) return false;
  if (rules.finite === true && !Number.isFinite(value)) return false;
  return listOf(rules.not_in).every((other) => other !== given) && isInRange(value, rules);
}

function isInRange(value: number | bigint, rules: RuleValues): boolean {
  const [gt, gte, lt, lte] = [rules.gt, rules.gte, rules.lt, rules.lte].map(comparable);
  const above = gt !== undefined ? value > gt : gte === undefined || value >= gte;
  const below = lt !== undefined ? value < lt : lte === undefined || value <= lte;
  return isInverted(rules) ? above || below : above && below;
}

function comparable(value: unknown): number | bigint | undefined {
  return typeof value === "number" || typeof value === "bigint" ? value : undefined;
}
