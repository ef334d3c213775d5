import { expect, test } from "vitest";
import { evidenceOf } from "./evidence.ts";

const certain = Math.log(100_000);

test.each([
  [
    { failed: 3, succeeded: 0 },
    { failed: 0, succeeded: 60 },
  ],
  [
    { failed: 9, succeeded: 0 },
    { failed: 0, succeeded: 9 },
  ],
  [
    { failed: 40, succeeded: 60 },
    { failed: 1, succeeded: 99 },
  ],
])("%o beside %o is no chance", (own, others) => {
  expect(evidenceOf(own, others)).toBeGreaterThan(certain);
});

test.each([
  [
    { failed: 3, succeeded: 0 },
    { failed: 0, succeeded: 3 },
  ],
  [
    { failed: 5, succeeded: 0 },
    { failed: 5, succeeded: 20 },
  ],
  [
    { failed: 40, succeeded: 60 },
    { failed: 25, succeeded: 75 },
  ],
  [
    { failed: 0, succeeded: 60 },
    { failed: 3, succeeded: 0 },
  ],
  [
    { failed: 0, succeeded: 0 },
    { failed: 0, succeeded: 0 },
  ],
])("%o beside %o may be chance", (own, others) => {
  expect(evidenceOf(own, others)).toBeLessThan(certain);
});
