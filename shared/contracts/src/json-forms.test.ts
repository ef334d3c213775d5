import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  base64Pattern,
  durationPattern,
  fieldMaskPattern,
  integerPattern,
  integersBetween,
  numberPattern,
  timestampPattern,
} from "./json-forms.ts";

describe("integers of a range", () => {
  test.each([
    [0n, 0n],
    [7n, 7n],
    [0n, 9n],
    [5n, 123n],
    [99n, 100n],
    [-5n, 3n],
    [-123n, -45n],
    [0n, 2n ** 64n - 1n],
    [-(2n ** 63n), 2n ** 63n - 1n],
  ])("from %s to %s are exactly the matches", (low, high) => {
    const pattern = new RegExp(`^(?:${integersBetween(low, high)})$`, "u");
    const near = [low - 1n, low, low + 1n, high - 1n, high, high + 1n, 0n, -low, -high];
    const any = fc.oneof(fc.constantFrom(...near), fc.bigInt(), fc.bigInt({ min: low - 200n, max: high + 200n }));
    fc.assert(
      fc.property(any, (value) => pattern.test(String(value)) === (value >= low && value <= high)),
      { numRuns: 500 },
    );
    for (const text of ["", "-0", "01", "00", "+1", " 1", "1 ", "0x1", "1.0"]) expect(pattern.test(text)).toBe(false);
  });
});

test("a time is matched if its date is real", () => {
  const pattern = new RegExp(timestampPattern, "u");
  const two = (value: number) => String(value).padStart(2, "0");
  for (const year of ["0000", "0001", "0004", "1900", "2000", "2023", "2024", "9999"]) {
    for (let month = 0; month <= 13; month++) {
      for (let day = 0; day <= 32; day++) {
        const date = `${year}-${two(month)}-${two(day)}`;
        const ms = Date.parse(`${date}T00:00:00Z`);
        const isReal = year !== "0000" && !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(date);
        expect([date, pattern.test(`${date}T23:59:59.5Z`)]).toEqual([date, isReal]);
      }
    }
  }
});

test.each([
  [
    "a time",
    timestampPattern,
    ["2026-01-31T00:00:00Z", "2026-01-31T23:59:59.123456789+23:59", "2026-01-31T12:00:00-00:30"],
    ["2026-01-31T24:00:00Z", "2026-01-31T12:60:00Z", "2026-01-31T12:00:00.1234567890Z", "2026-01-31T12:00:00-24:00"],
  ],
  ["a number", numberPattern, ["0", "-0", "1.50", "1e3", "-1.5E-300"], ["", "01", "+1", ".5", "5.", "1e", "0x1", " 1"]],
  ["an integer", integerPattern, ["0", "-0", "-9223372036854775808"], ["", "01", "+1", "1.0", "1e3", "0x1", " 1"]],
  ["base64", base64Pattern, ["", "AQ==", "AQ", "-_8", "+/8="], ["A", "AQ=", "AQ==AQ==", "A Q=", "-/8="]],
  [
    "a duration",
    durationPattern,
    ["0s", "-1.5s", "315576000000.9s"],
    ["", "s", "01s", "315576000001s", "1.s", "1.1234567890s"],
  ],
  ["a field mask", fieldMaskPattern, ["", "a", "a,bC.d"], [",", "a,", "a_b", "a,,b"]],
])("%s is matched", (_, source, right, wrong) => {
  const pattern = new RegExp(source, "u");
  expect(right.filter((text) => !pattern.test(text))).toEqual([]);
  expect(wrong.filter((text) => pattern.test(text))).toEqual([]);
});
