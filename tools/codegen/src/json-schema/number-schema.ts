import { ScalarType } from "@bufbuild/protobuf";
import { integersBetween } from "@mesh/contracts/json-forms";
import { is64Bit } from "../schema/element.ts";
import { listOf, type RuleValues } from "./rule-values.ts";
import { all, any, type JsonSchema, nothing, oneOfValues } from "./schema.ts";

/**
 * Returns the schema of a number. 64-bit integers are texts, because JavaScript rounds such numbers; a request may also
 * have them as numbers up to 2^53.
 */
export function numberSchema(scalar: ScalarType, rules: RuleValues, isRequest: boolean): JsonSchema {
  if (is64Bit(scalar)) return bigSchema(scalar, rules, isRequest);
  if (scalar === ScalarType.DOUBLE || scalar === ScalarType.FLOAT) return floatSchema(scalar, rules);
  return integerSchema(scalar, rules);
}

function integerSchema(scalar: ScalarType, rules: RuleValues): JsonSchema {
  const [minimum, maximum] = isUnsigned(scalar) ? [0, 2 ** 32 - 1] : [-(2 ** 31), 2 ** 31 - 1];
  const base = { type: "integer", format: isUnsigned(scalar) ? "uint32" : "int32" };
  const allowed = allowedValues(rules);
  if (allowed) return all(base, oneOfValues(allowed.filter((value) => isAccepted(value, rules))));
  return all(base, ...rangeSchemas({ ...rules }, { minimum, maximum }), ...excluded(rules, Number));
}

/** The number from which on 32 bits round to infinity. */
const floatEnd = 3.4028235677973366e38;

/** Returns the schema of a float or double. `"NaN"`, `"Infinity"` and `"-Infinity"` are texts in JSON. */
function floatSchema(scalar: ScalarType, rules: RuleValues): JsonSchema {
  const allowed = allowedValues(rules);
  if (allowed) return oneOfValues(allowed.filter((value) => isAccepted(value, rules)).map(floatJson));
  const base = { type: "number", format: scalar === ScalarType.FLOAT ? "float" : "double" };
  const own = scalar === ScalarType.FLOAT ? { exclusiveMinimum: -floatEnd, exclusiveMaximum: floatEnd } : {};
  const finite = all(base, ...rangeSchemas(rules, {}), own, ...excluded(rules, Number));
  const others = [Number.NaN, Infinity, -Infinity].filter((value) => isAccepted(value, rules));
  return others.length === 0 ? finite : any(finite, { enum: others.map(floatJson) });
}

/** Returns the JSON of a float or double. */
export function floatJson(value: unknown): unknown {
  return Number.isFinite(value) ? value : String(value);
}

function bigSchema(scalar: ScalarType, rules: RuleValues, isRequest: boolean): JsonSchema {
  const base = { type: isRequest ? ["string", "integer"] : "string", format: isUnsigned(scalar) ? "uint64" : "int64" };
  const spellings = (values: readonly unknown[]) => values.flatMap((value) => bigSpellings(value, isRequest));
  const allowed = allowedValues(rules);
  if (allowed) return all(base, oneOfValues(spellings(allowed.filter((value) => isAccepted(value, rules)))));
  const banned = spellings(listOf(rules.not_in));
  const ranges = intervals(scalar, rules);
  return all(
    ranges.length > 0 ? base : nothing,
    { pattern: isRequest ? integerPattern(scalar, rules) : canonicalPattern(scalar) },
    ...(isRequest && ranges.length > 0 ? [any(...ranges.map(safeRange))] : []),
    ...(banned.length > 0 ? [{ not: oneOfValues(banned) }] : []),
  );
}

function bigSpellings(value: unknown, isRequest: boolean): unknown[] {
  return [String(value), ...(isRequest && Number.isSafeInteger(Number(value)) ? [Number(value)] : [])];
}

/** Returns a short pattern, for readers: a response keeps the range anyway. */
function canonicalPattern(scalar: ScalarType): string {
  return isUnsigned(scalar) ? "^(?:0|[1-9][0-9]{0,19})$" : "^(?:0|-?[1-9][0-9]{0,18})$";
}

/** Returns a pattern of the integers that a type and its rules allow, as texts. */
export function integerPattern(scalar: ScalarType, rules: RuleValues): string {
  const ranges = intervals(scalar, rules).map(([low, high]) => integersBetween(low, high));
  return ranges.length === 0 ? "^(?!)$" : `^(?:${ranges.join("|")})$`;
}

/** Returns the ranges that the rules leave of a type of integers: several if the upper bound is below the lower one. */
function intervals(scalar: ScalarType, rules: RuleValues): (readonly [low: bigint, high: bigint])[] {
  const bits = is64Bit(scalar) ? 64n : 32n;
  const [min, max] = isUnsigned(scalar) ? [0n, 2n ** bits - 1n] : [-(2n ** (bits - 1n)), 2n ** (bits - 1n) - 1n];
  const [gt, gte, lt, lte] = [rules.gt, rules.gte, rules.lt, rules.lte].map(bigOf);
  const low = gt === undefined ? (gte ?? min) : gt + 1n;
  const high = lt === undefined ? (lte ?? max) : lt - 1n;
  const ranges = isInverted(rules)
    ? ([
        [min, high],
        [low, max],
      ] as const)
    : ([[low, high]] as const);
  return ranges.filter(([from, to]) => from <= to);
}

function bigOf(value: unknown): bigint | undefined {
  return typeof value === "number" || typeof value === "bigint" ? BigInt(value) : undefined;
}

/** Returns the range of the numbers that are exact in JavaScript. The keywords apply to numbers alone. */
function safeRange([low, high]: readonly [bigint, bigint]): JsonSchema {
  const { MIN_SAFE_INTEGER: min, MAX_SAFE_INTEGER: max } = Number;
  return { minimum: low < min ? min : Number(low), maximum: high > max ? max : Number(high) };
}

function isUnsigned(scalar: ScalarType): boolean {
  return [ScalarType.UINT32, ScalarType.FIXED32, ScalarType.UINT64, ScalarType.FIXED64].includes(scalar);
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
