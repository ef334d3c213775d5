import type { RuleSet } from "../../rules/rule-set.ts";
import type { Ordered } from "../../rules/rule-value.ts";

/** An end of an interval: a value, and its side: just below the value (-1), on it (0) or just above it (1). */
type End = readonly [value: Ordered, side: number];
type Interval = readonly [from: End, to: End];

const everything: Interval = [
  [Number.NEGATIVE_INFINITY, 0],
  [Number.POSITIVE_INFINITY, 0],
];

/** The size and the signedness of the integer kinds. */
const integers = new Map<string, readonly [bits: bigint, isSigned: boolean]>([
  ...["int32", "sint32", "sfixed32"].map((kind) => [kind, [32n, true]] as const),
  ...["int64", "sint64", "sfixed64"].map((kind) => [kind, [64n, true]] as const),
  ...["uint32", "fixed32"].map((kind) => [kind, [32n, false]] as const),
  ...["uint64", "fixed64"].map((kind) => [kind, [64n, false]] as const),
]);

/** The rules that together form a range. */
export const rangeRules = ["gt", "gte", "lt", "lte"] as const;

/** Returns true if a range excludes a value that the rules before accepted. */
export function isRangeTighter(was: RuleSet, is: RuleSet): boolean {
  const now = rangeOf(is);
  const before = was.accepted?.map((value): Interval => [on(value as Ordered), on(value as Ordered)]) ?? rangeOf(was);
  return before.some((old) => !now.some(([from, to]) => compare(from, old[0]) <= 0 && compare(old[1], to) <= 0));
}

/**
 * Returns the intervals of a range. If the lower end is above the upper one, the range means the values outside of both.
 * Source: validate.proto
 */
function rangeOf(rules: RuleSet): Interval[] {
  const [least, most] = limitsOf(rules.kind);
  const lower = lowerEnd(rules);
  const upper = upperEnd(rules);
  if (lower && upper && lower[0] > upper[0])
    return [
      [least, toInteger(upper, rules)],
      [toInteger(lower, rules), most],
    ];
  const interval: Interval = [max(toInteger(lower ?? least, rules), least), min(toInteger(upper ?? most, rules), most)];
  return compare(interval[0], interval[1]) <= 0 ? [interval] : [];
}

function lowerEnd(rules: RuleSet): End | undefined {
  const [gt, gte] = [rules.ordered("gt"), rules.ordered("gte")];
  if (gt !== undefined) return [gt, 1];
  return gte === undefined ? undefined : on(gte);
}

function upperEnd(rules: RuleSet): End | undefined {
  const [lt, lte] = [rules.ordered("lt"), rules.ordered("lte")];
  if (lt !== undefined) return [lt, -1];
  return lte === undefined ? undefined : on(lte);
}

/** Rounds an end to an integer: below 10 means up to 9. Durations and timestamps are integers in nanoseconds. */
function toInteger(end: End, { kind }: RuleSet): End {
  const isWhole = integers.has(kind) || kind === "duration" || kind === "timestamp";
  const isNumber = typeof end[0] === "bigint" || Number.isFinite(end[0]);
  return isWhole && isNumber && end[1] !== 0 ? on(BigInt(end[0]) + BigInt(end[1])) : end;
}

function limitsOf(kind: string): Interval {
  const integer = integers.get(kind);
  if (!integer) return everything;
  const [bits, isSigned] = integer;
  if (!isSigned) return [on(0n), on(2n ** bits - 1n)];
  return [on(-(2n ** (bits - 1n))), on(2n ** (bits - 1n) - 1n)];
}

function on(value: Ordered): End {
  return [value, 0];
}

function compare(a: End, b: End): number {
  if (a[0] !== b[0] && a[0] < b[0]) return -1;
  if (a[0] > b[0]) return 1;
  return a[1] - b[1];
}

function max(a: End, b: End): End {
  return compare(a, b) >= 0 ? a : b;
}

function min(a: End, b: End): End {
  return compare(a, b) <= 0 ? a : b;
}
