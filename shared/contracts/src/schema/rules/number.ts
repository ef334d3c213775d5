import { type Rule, rule } from "../issue.ts";

/** Bounds of a number, of a Duration in nanoseconds, or of a Timestamp. */
export interface Bounds<T> {
  readonly gt?: T;
  readonly gte?: T;
  readonly lt?: T;
  readonly lte?: T;
}

/** `gt`, `gte`, `lt` and `lte`; where the upper bound is below the lower one, the value must be outside of them. */
export function range<T extends number | bigint>(
  kind: string,
  bounds: Bounds<T>,
  show: (value: T) => string = String,
): Rule<T> {
  const above = aboveTest(bounds);
  const below = belowTest(bounds);
  const inverted = isInverted(bounds);
  const test = inverted ? (value: T) => above(value) || below(value) : (value: T) => above(value) && below(value);
  return rule(`${kind}.${rangeId(bounds)}${inverted ? "_exclusive" : ""}`, test, rangeMessage(bounds, inverted, show));
}

function aboveTest<T extends number | bigint>({ gt, gte }: Bounds<T>): (value: T) => boolean {
  if (gt !== undefined) return (value) => value > gt;
  if (gte !== undefined) return (value) => value >= gte;
  return () => true;
}

function belowTest<T extends number | bigint>({ lt, lte }: Bounds<T>): (value: T) => boolean {
  if (lt !== undefined) return (value) => value < lt;
  if (lte !== undefined) return (value) => value <= lte;
  return () => true;
}

function isInverted<T extends number | bigint>({ gt, gte, lt, lte }: Bounds<T>): boolean {
  const low = gt ?? gte;
  const high = lt ?? lte;
  return low !== undefined && high !== undefined && high < low;
}

/** As protovalidate names it: the lower bound first. */
function rangeId<T>({ gt, gte, lt, lte }: Bounds<T>): string {
  const low = gt !== undefined ? "gt" : gte !== undefined ? "gte" : undefined;
  const high = lt !== undefined ? "lt" : lte !== undefined ? "lte" : undefined;
  return [low, high].filter((name) => name !== undefined).join("_");
}

function rangeMessage<T>({ gt, gte, lt, lte }: Bounds<T>, inverted: boolean, show: (value: T) => string): string {
  const low = gt !== undefined ? `more than ${show(gt)}` : gte !== undefined ? `at least ${show(gte)}` : undefined;
  const high = lt !== undefined ? `less than ${show(lt)}` : lte !== undefined ? `at most ${show(lte)}` : undefined;
  return `must be ${[low, high].filter((text) => text !== undefined).join(inverted ? " or " : " and ")}`;
}

/** `finite`: neither NaN nor infinite. */
export function finite(kind: string): Rule<number> {
  return rule(`${kind}.finite`, Number.isFinite, "must be a finite number");
}
