import { type Rule, rule } from "../rule.ts";

/** `len`: exactly as many characters (code points). */
export function len(count: number): Rule<string> {
  return rule("string.len", (value) => codePoints(value) === count, `must be ${characters(count)} long`, {
    minLength: count,
    maxLength: count,
  });
}

/** `min_len`: at least as many characters (code points). */
export function minLen(count: number): Rule<string> {
  const message = count === 1 ? "must not be empty" : `must be at least ${characters(count)} long`;
  // A character takes one or two code units, so few texts have to be counted.
  const test = (value: string) => value.length >= 2 * count || (value.length >= count && codePoints(value) >= count);
  return rule("string.min_len", test, message, { minLength: count });
}

/** `max_len`: at most as many characters (code points). */
export function maxLen(count: number): Rule<string> {
  const test = (value: string) => value.length <= count || codePoints(value) <= count;
  return rule("string.max_len", test, `must be at most ${characters(count)} long`, { maxLength: count });
}

/** `len_bytes`: exactly as many bytes of UTF-8. */
export function lenBytes(count: number): Rule<string> {
  return rule("string.len_bytes", (value) => utf8Bytes(value) === count, `must be ${count} bytes long`);
}

/** `min_bytes`: at least as many bytes of UTF-8. */
export function minBytes(count: number): Rule<string> {
  return rule("string.min_bytes", (value) => utf8Bytes(value) >= count, `must be at least ${count} bytes long`);
}

/** `max_bytes`: at most as many bytes of UTF-8. */
export function maxBytes(count: number): Rule<string> {
  return rule("string.max_bytes", (value) => utf8Bytes(value) <= count, `must be at most ${count} bytes long`);
}

/** Finds a match in a text: an expression of JavaScript, or of RE2. */
export interface Matcher {
  test(text: string): boolean;
}

/** `pattern`; the expression is the contract's, translated from RE2 when it was generated. */
export function pattern(expression: Matcher, source: string): Rule<string> {
  const json = expression instanceof RegExp ? { pattern: expression.source } : undefined;
  return rule("string.pattern", (value) => expression.test(value), `must match ${source}`, json);
}

/** `prefix` */
export function prefix(text: string): Rule<string> {
  return rule("string.prefix", (value) => value.startsWith(text), `must start with ${JSON.stringify(text)}`);
}

/** `suffix` */
export function suffix(text: string): Rule<string> {
  return rule("string.suffix", (value) => value.endsWith(text), `must end with ${JSON.stringify(text)}`);
}

/** `contains` */
export function contains(text: string): Rule<string> {
  return rule("string.contains", (value) => value.includes(text), `must contain ${JSON.stringify(text)}`);
}

/** `not_contains` */
export function notContains(text: string): Rule<string> {
  return rule("string.not_contains", (value) => !value.includes(text), `must not contain ${JSON.stringify(text)}`);
}

function characters(count: number): string {
  return count === 1 ? "1 character" : `${count} characters`;
}

function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/** An unpaired surrogate counts as the three bytes of U+FFFD, by which an encoder replaces it. */
function utf8Bytes(text: string): number {
  let count = 0;
  for (const character of text) {
    const codePoint = character.codePointAt(0) ?? 0;
    count += codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
  }
  return count;
}
