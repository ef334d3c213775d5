import fc from "fast-check";
import { expect, test } from "vitest";
import { shortFloat } from "./short-float.ts";

test.each([
  [0.1, 0.1],
  [Math.fround(0.1), 0.1],
  [Math.fround(0.7), 0.7],
  [16777217.25, 16777218],
  [Math.fround(3.4028235e38), 3.4028235e38],
  [2 ** -149, 1.4013e-45],
  [Math.fround(1 / 3), 0.33333334],
  [-0, -0],
  [Number.NaN, Number.NaN],
  [-Infinity, -Infinity],
  [1e39, Infinity],
  [0.70000000000001, 0.7],
])("of %s is %s", (value, short) => {
  expect(shortFloat(value)).toBe(short);
});

test("is the same float, once and again", () => {
  fc.assert(
    fc.property(fc.float(), (value) => {
      const short = shortFloat(value);
      return Object.is(Math.fround(short), value) && Object.is(shortFloat(short), short);
    }),
    { numRuns: 5_000 },
  );
});

test("keeps the order of floats", () => {
  fc.assert(
    fc.property(fc.float({ noNaN: true }), fc.float({ noNaN: true }), (one, other) => {
      return one < other === shortFloat(one) < shortFloat(other);
    }),
    { numRuns: 5_000 },
  );
});
