import type { Facts } from "@mesh/codegen/words/facts";
import type { Ordered } from "@mesh/codegen/words/value";

/** An end of an interval: a value, and whether it lies just below (-1), on (0) or just above it (1). */
type End = readonly [value: Ordered, side: number];
type Interval = readonly [from: End, to: End];

const everything: Interval = [
  [Number.NEGATIVE_INFINITY, 0],
  [Number.POSITIVE_INFINITY, 0],
];

/** The bits and the sign of the kinds that are integers. */
const integers = new Map<string, readonly [bits: bigint, isSigned: boolean]>([
  ...["int32", "sint32", "sfixed32"].map((kind) => [kind, [32n, true]] as const),
  ...["int64", "sint64", "sfixed64"].map((kind) => [kind, [64n, true]] as const),
  ...["uint32", "fixed32"].map((kind) => [kind, [32n, false]] as const),
  ...["uint64", "fixed64"].map((kind) => [kind, [64n, false]] as const),
]);

/** The rules that make a range together. */
export const rangeRules = ["gt", "gte", "lt", "lte"] as const;

/** Whether a range leaves out something that the rules before it accepted. */
export function isRangeTighter(was: Facts, is: Facts): boolean {
  const now = rangeOf(is);
  const before = was.accepted?.map((value): Interval => [on(value as Ordered), on(value as Ordered)]) ?? rangeOf(was);
  return before.some((old) => !now.some(([from, to]) => compare(from, old[0]) <= 0 && compare(old[1], to) <= 0));
}

/**
 * The intervals that a range is made of. Source: where the lower end is above the upper one, validate.proto means the
 * values outside of both.
 */
function rangeOf(facts: Facts): Interval[] {
  const [least, most] = limitsOf(facts.kind);
  const lower = lowerEnd(facts);
  const upper = upperEnd(facts);
  if (lower && upper && lower[0] > upper[0])
    return [
      [least, toInteger(upper, facts)],
      [toInteger(lower, facts), most],
    ];
  const interval: Interval = [max(toInteger(lower ?? least, facts), least), min(toInteger(upper ?? most, facts), most)];
  return compare(interval[0], interval[1]) <= 0 ? [interval] : [];
}

function lowerEnd(facts: Facts): End | undefined {
  const [gt, gte] = [facts.ordered("gt"), facts.ordered("gte")];
  if (gt !== undefined) return [gt, 1];
  return gte === undefined ? undefined : on(gte);
}

function upperEnd(facts: Facts): End | undefined {
  const [lt, lte] = [facts.ordered("lt"), facts.ordered("lte")];
  if (lt !== undefined) return [lt, -1];
  return lte === undefined ? undefined : on(lte);
}

/** Between 9 and 10 there is no integer: below 10 is up to 9. Durations and times count in nanoseconds. */
function toInteger(end: End, { kind }: Facts): End {
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
