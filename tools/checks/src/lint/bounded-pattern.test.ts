import { expect, test } from "vitest";
import { isBoundedPattern } from "./bounded-pattern.ts";

test.each(["^a{1,9}$", "^(?:a|b)?$", "^(?P<letter>a|b)$", "(?i)^[[:alpha:]]{2}$", "^[]*+]$", "\\A\\pL\\x{1F44D}\\z"])(
  "%s matches strings of limited length",
  (pattern) => {
    expect(isBoundedPattern(pattern)).toBe(true);
  },
);

test.each(["", "a", "^a+$", "^a{2,}$", "^a|b$", "(?m)^a$", "^a(?i)b$", "^\\Q(\\E|b$", "^[a\\]*b]*$"])(
  "%s may match a string of any length",
  (pattern) => {
    expect(isBoundedPattern(pattern)).toBe(false);
  },
);
