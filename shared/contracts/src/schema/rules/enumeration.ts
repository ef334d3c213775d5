import { type Rule, rule } from "../issue.ts";

/** `defined_only`: the number is one of the enum's. */
export function defined(numbers: readonly number[]): Rule<number> {
  const known = new Set(numbers);
  return rule("enum.defined_only", (value) => known.has(value), "must be one of the values that are defined");
}

/** `not_in` of enum values. */
export function excluded(numbers: readonly number[], names: readonly string[]): Rule<number> {
  const refused = new Set(numbers);
  const message = numbers.length === 1 && numbers[0] === 0 ? "must be chosen" : `must not be ${names.join(" or ")}`;
  return rule("enum.not_in", (value) => !refused.has(value), message);
}
