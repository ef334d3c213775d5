import { RE2JS } from "@bufbuild/re2";
import fc from "fast-check";
import { expect, test } from "vitest";
import { linearExpression, plainExpression } from "./plain-pattern.ts";

test.each([
  ["^[A-Z]{3}$", "^[A-Z]{3}$"],
  ["^tok_[a-z0-9_]{2,60}$", "^tok_[a-z0-9_]{2,60}$"],
  ["^[^@]+@[^@]+$", "^[^@]+@[^@]+$"],
  ["^\\d+\\.\\d+", "^\\d+\\.\\d+"],
  ["^a{1,1000}$", "^a{1,1000}$"],
  ["^x.y$", "^x[^\\n]y$"],
  ["foo", "foo"],
  ["^$", "^$"],
])("JavaScript matches %s itself", (pattern, expected) => {
  expect(linearExpression(pattern)?.source).toBe(expected);
});

test.each([
  ["[a-z]+$", "it may start anywhere"],
  ["^.*foo$", "the next character does not decide"],
  ["^[a-z]{0,61}[a-z0-9]$", "the next character does not decide"],
  ["^a?b?a$", "an optional character is between"],
  ["^(a+)+$", "it has a group"],
  ["^a|b$", "it has a choice"],
  ["^é*[^a]$", "characters outside of ASCII may be the same"],
])("the library of RE2 matches %s, because %s", (pattern) => {
  expect(plainExpression(pattern)).toBeDefined();
  expect(linearExpression(pattern)).toBeUndefined();
});

test.each([
  "\\s",
  "[[:digit:]]",
  "[]a]",
  "\\pL",
  "(?i)a",
  "(?P<n>a)",
  "\\Aa\\z",
  "a{,2}",
  "\\Qa\\E",
  "a**",
  "\\bfoo",
  "[\\b]",
  "\\1",
])("%s may have another meaning in JavaScript", (pattern) => {
  expect(plainExpression(pattern)).toBeUndefined();
});

const parts = ["a", "b", "-", ".", "\\d", "\\w", "\\W", "\\.", "[ab]", "[^a]", "[a-c\\-]", "[-a]", "é", "^", "$"];
const marks = ["", "", "", "*", "+", "?", "{2}", "{0,2}", "{1,}"];
const atoms = fc.tuple(fc.constantFrom(...parts), fc.constantFrom(...marks)).map((both) => both.join(""));
const patterns = fc.array(atoms, { maxLength: 6 }).map((all) => all.join(""));
const groups = fc.tuple(patterns, patterns, patterns).map(([a, b, c]) => `${a}(?:${b}|${c})`);
const texts = fc.string({
  unit: fc.constantFrom("a", "b", "c", "-", ".", "1", "_", "é", "\n", "\r", "\u2028"),
  maxLength: 8,
});

test("a plain pattern matches what RE2 matches", () => {
  fc.assert(
    fc.property(fc.oneof(patterns, groups), texts, (pattern, text) => {
      const expression = plainExpression(pattern);
      fc.pre(expression !== undefined);
      expect(expression?.test(text)).toBe(RE2JS.compile(pattern).test(text));
    }),
    { numRuns: 3_000 },
  );
});

test("JavaScript rejects a megabyte as fast as it reads it", () => {
  for (const pattern of ["^[^@]+@[^@]+$", "^\\d+\\.\\d+$", "^a*b*c*$", "^\\w+-\\w*\\.$"]) {
    const expression = linearExpression(pattern);
    const started = performance.now();
    for (const text of ["a", "1", "a-", "@"]) expect(expression?.test(`${text.repeat(2 ** 20)}\n`)).toBe(false);
    expect(performance.now() - started).toBeLessThan(20_000);
  }
});
