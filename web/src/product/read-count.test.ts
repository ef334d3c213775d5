import { expect, it } from "vitest";
import { readCount } from "./read-count.ts";

it.each([
  ["0", 0n],
  [" 12 ", 12n],
  ["1,250", 1250n],
  ["1000000000", 1_000_000_000n],
])("reads %j", (text, count) => expect(readCount(text)).toBe(count));

it.each(["", "-1", "1.5", "ten", "1e3", "0x10", "9".repeat(30)])("reads no number from %j", (text) => {
  expect(readCount(text)).toBe("must be a whole number");
});

it("says what the contract requires", () => {
  expect(readCount("1000000001")).toMatch(/1000000000/);
});
