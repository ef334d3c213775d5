import { expect, test } from "vitest";
import { rangeOf } from "./range-of.ts";

test.each([
  [10, 0n, 0n, { start: 0, end: 10 }],
  [10, 2n, 3n, { start: 2, end: 5 }],
  [10, 8n, 100n, { start: 8, end: 10 }],
  [10, -3n, 0n, { start: 7, end: 10 }],
  [10, -3n, 1n, { start: 7, end: 8 }],
  [10, -(2n ** 62n), 0n, { start: 0, end: 10 }],
  [10, 10n, 0n, undefined],
  [10, 2n ** 62n, 0n, undefined],
  [0, 0n, 0n, { start: 0, end: 0 }],
  [0, -1n, 0n, undefined],
])("of %s bytes, from %s, %s of them", (size, offset, limit, range) => {
  expect(rangeOf(size, offset, limit)).toEqual(range);
});
