import { violation } from "../issue.ts";
import { type Rule, ruleOf } from "../rule.ts";

/** `required` on a field that can't be absent: it must not be its zero value, and only then do the other rules count. */
export function notZero<T>(isZero: (value: T) => boolean): Rule<T> {
  return ruleOf(
    (value) => !isZero(value),
    (value) => violation(value, "required", "is required", true),
  );
}

/** `ignore: IGNORE_IF_ZERO_VALUE`: the rules that do not count for a zero value. */
export function unlessZero<T>(isZero: (value: T) => boolean, ...rules: readonly Rule<T>[]): Rule<T>[] {
  return rules.map(({ test, _zod }) => {
    const check: Rule<T>["_zod"]["check"] = (payload) => (isZero(payload.value) ? undefined : _zod.check(payload));
    return { test: (value) => isZero(value) || test(value), _zod: { ..._zod, check, onattach: [] } };
  });
}

/** Returns whether a number, a text or a boolean is the zero of its kind. -0 is not: it is sent, and 0 is not. */
export function isZero(value: unknown): boolean {
  return Object.is(value, 0) || value === 0n || value === "" || value === false;
}

/** Makes the test for an enum's first value, which is its zero; in a closed enum it may be another number than 0. */
export function firstIs(first: number): (value: unknown) => boolean {
  return (value) => value === first;
}

/** Returns whether bytes, a list or a map is empty. */
export function isEmpty(value: { readonly length: number }): boolean {
  return value.length === 0;
}

/** Returns whether bytes, a list, a Map or an object is empty. */
export function isVoid(value: unknown): boolean {
  if (value instanceof Uint8Array || Array.isArray(value)) return value.length === 0;
  if (value instanceof Map) return value.size === 0;
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}
