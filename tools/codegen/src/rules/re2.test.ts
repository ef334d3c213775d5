import { describe, expect, test } from "vitest";
import { translate, UntranslatableError } from "./re2.ts";

// That translations match what RE2 matches is checked with protovalidate's verdict, in @mesh/contracts.
describe("an expression of RE2 that JavaScript reads otherwise", () => {
  test.each([
    ["a.b", "a[^\\n]b"],
    ["(?s)a.b", "a[\\s\\S]b"],
    ["\\s", "[\\t\\n\\f\\r ]"],
    ["[]a]", "[\\]a]"],
    ["a{,2}", "a\\{,2\\}"],
    ["\\Aa\\z", "^a$"],
    ["[[:digit:]x]", "[0-9x]"],
    ["\\p{Greek}\\p{^Lu}\\pN", "\\p{Script=Greek}\\P{Lu}\\p{N}"],
    ["\\!\\x{1F44D}", "!\\u{1F44D}"],
  ])("%s is %s", (source, expected) => {
    expect(translate(source).source).toBe(expected);
  });

  test.each([
    "a(?i)b",
    "(?m)^a$",
    "(?=a)",
    "\\Qa\\E",
    "\\C",
    "[[:nope:]]",
    "(a",
    "[a",
    "\\1",
    "a**",
    "(?i)\\w",
    "\\p{Nope}",
  ])("%s is refused", (source) => {
    expect(() => translate(source)).toThrow(UntranslatableError);
  });
});
