import { type Keywords, type Rule, rule } from "../rule.ts";

/** Bounds of a number, of a Duration in nanoseconds, or of a Timestamp. */
export interface Bounds<T> {
  readonly gt?: T;
  readonly gte?: T;
  readonly lt?: T;
  readonly lte?: T;
}

/** The bounds in the order of protovalidate's rule ids, in messages, and in JSON Schema. */
const words = [
  ["gt", "more than", "exclusiveMinimum"],
  ["gte", "at least", "minimum"],
  ["lt", "less than", "exclusiveMaximum"],
  ["lte", "at most", "maximum"],
] as const;

/**
 * `gt`, `gte`, `lt` and `lte`; if the upper bound is below the lower one, the value must be outside of them. Its id names
 * the bounds: `int32.gte_lte`.
 */
export function range<T extends number | bigint>(
  kind: string,
  bounds: Bounds<T>,
  show: (value: T) => string = String,
): Rule<T> {
  const { gt, gte, lt, lte } = bounds;
  const low = gt ?? gte;
  const high = lt ?? lte;
  const inverted = low !== undefined && high !== undefined && high < low;
  const above = (value: T) => (gt === undefined || value > gt) && (gte === undefined || value >= gte);
  const below = (value: T) => (lt === undefined || value < lt) && (lte === undefined || value <= lte);
  const test = inverted ? (value: T) => above(value) || below(value) : (value: T) => above(value) && below(value);
  const set = words.flatMap(([name, word, keyword]) => {
    const bound = bounds[name];
    return bound === undefined ? [] : [{ name, text: `${word} ${show(bound)}`, keyword, bound }];
  });
  const id = set.map(({ name }) => name).join("_") + (inverted ? "_exclusive" : "");
  const message = set.map(({ text }) => text).join(inverted ? " or " : " and ");
  // JSON Schema has no bounds for bigints, and none that a value must be outside of.
  const stated = inverted ? [] : set.filter(({ bound }) => Number.isFinite(bound));
  const json: Keywords = Object.fromEntries(stated.map(({ keyword, bound }) => [keyword, bound]));
  // As in protovalidate, the first bound declares the rule of all.
  return rule(`${kind}.${id}`, test, `must be ${message}`, json, `${kind}.${set[0]?.name}`);
}

/** `finite`: neither NaN nor infinite. */
export function finite(kind: string): Rule<number> {
  return rule(`${kind}.finite`, Number.isFinite, "must be a finite number");
}
