import { describe, expect, test } from "vitest";
import { translate } from "../re2.ts";
import { isLinear } from "./linear.ts";

describe("an expression that JavaScript matches in time that grows with the text", () => {
  test.each([
    "^tok_[a-z0-9_]{2,60}$",
    "^[a-z0-9]+(?:-[a-z0-9]+)*$",
    "^[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\\.[A-Za-z]{2,}$",
    "^(a|b)*c?$",
    "^[a-z][a-z0-9-]{0,61}[a-z0-9]$",
    "^(?:(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)\\.){3}\\d+$",
    "^\\d+\\.\\d+",
    "foo",
    "\\bfoo\\b",
    "\\d+",
    "^a{1,1000}$",
    "(?i)^foo$",
    "^[^@]+@[^@]+$",
    "^$",
  ])("%s", (source) => {
    expect(isLinear(translate(source))).toBe(true);
  });
});

describe("one that could take long for some text", () => {
  test.each([
    "^(a+)+$",
    "^(a*)*$",
    "^(a|a)*$",
    "^(a|ab)(b|c)*$",
    "^.*foo.*bar$",
    "[a-z]+$",
    "^\\s*.*\\s*$",
    "^(\\w+\\s?)*$",
    "(x+x+)+y",
    "^(?:a?){30}a{30}$",
    "^(é|[^a])*$",
    "(?i)^(k|\\x{212A})*$",
  ])("%s", (source) => {
    expect(isLinear(translate(source))).toBe(false);
  });

  test("such as this one, whose time doubles with each character", () => {
    const expression = translate("^(a+)+$");
    const started = performance.now();
    expect(expression.test(`${"a".repeat(20)}!`)).toBe(false);
    const short = performance.now() - started;
    expect(isLinear(expression)).toBe(false);
    expect(short).toBeGreaterThan(0.5);
  });
});
