import { type Keywords, type Rule, rule } from "../rule.ts";

type Scalar = string | number | bigint | boolean;

/** `const`: the value is this one. NaN never is, as in protovalidate. */
export function constant<T extends Scalar>(kind: string, expected: T): Rule<T> {
  return rule(`${kind}.const`, (value) => value === expected, `must be ${show(expected)}`, enumOf([expected]));
}

/** `in`: the value is one of these. */
export function oneOf<T extends Scalar>(kind: string, allowed: readonly T[]): Rule<T> {
  const message = `must be one of ${allowed.map(show).join(", ")}`;
  return rule(`${kind}.in`, (value) => includes(allowed, value), message, enumOf(allowed));
}

/** `not_in`: the value is none of these. */
export function noneOf<T extends Scalar>(kind: string, refused: readonly T[]): Rule<T> {
  return rule(`${kind}.not_in`, (value) => !includes(refused, value), `must not be ${refused.map(show).join(" or ")}`);
}

/** Not `Array.includes`, for which NaN equals NaN. */
function includes<T>(list: readonly T[], value: T): boolean {
  return list.some((item) => item === value);
}

/** The values in JSON Schema, if all of them can be said there. */
function enumOf(values: readonly Scalar[]): Keywords | undefined {
  const said = values.flatMap((value) => (typeof value === "bigint" || Number.isNaN(value) ? [] : [value]));
  return said.length === values.length ? { enum: said } : undefined;
}

function show(value: Scalar): string {
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}
