import { type Rule, rule } from "../issue.ts";

type Scalar = string | number | bigint | boolean;

/** `const`: the value is this one. NaN is never, as in protovalidate. */
export function constant<T extends Scalar>(kind: string, expected: T): Rule<T> {
  return rule(`${kind}.const`, (value) => value === expected, `must be ${show(expected)}`);
}

/** `in`: the value is one of these. */
export function oneOf<T extends Scalar>(kind: string, allowed: readonly T[]): Rule<T> {
  return rule(`${kind}.in`, (value) => includes(allowed, value), `must be one of ${allowed.map(show).join(", ")}`);
}

/** `not_in`: the value is none of these. */
export function noneOf<T extends Scalar>(kind: string, refused: readonly T[]): Rule<T> {
  return rule(`${kind}.not_in`, (value) => !includes(refused, value), `must not be ${refused.map(show).join(" or ")}`);
}

/** Not `Array.includes`, for which NaN equals NaN. */
function includes<T>(list: readonly T[], value: T): boolean {
  return list.some((item) => item === value);
}

function show(value: Scalar): string {
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}
