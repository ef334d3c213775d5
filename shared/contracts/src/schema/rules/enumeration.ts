import { type Rule, rule } from "../rule.ts";

/** The values in a rule: their numbers and, for the message, their names. */
export type Named = Readonly<Record<number, string>>;

/** `defined_only`: the number is one of the enum's. */
export function defined(numbers: readonly number[]): Rule<number> {
  const known = new Set(numbers);
  return rule("enum.defined_only", (value) => known.has(value), "must be one of the values that are defined", {
    enum: [...numbers],
  });
}

/** `const` and `in` */
export function among(id: "enum.const" | "enum.in", allowed: Named): Rule<number> {
  const message = `must be ${Object.values(allowed).join(" or ")}`;
  return rule(id, (value) => Object.hasOwn(allowed, value), message, { enum: Object.keys(allowed).map(Number) });
}

/** `not_in`; if only 0 is excluded, which means that no value was chosen, the message says so. */
export function excluded(refused: Named): Rule<number> {
  const names = Object.values(refused);
  const message =
    names.length === 1 && Object.hasOwn(refused, 0) ? "must be chosen" : `must not be ${names.join(" or ")}`;
  return rule("enum.not_in", (value) => !Object.hasOwn(refused, value), message, {
    not: { enum: Object.keys(refused).map(Number) },
  });
}
