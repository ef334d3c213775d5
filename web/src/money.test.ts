import { describe, expect, it } from "vitest";
import { formatMoney, sum, times } from "./money.ts";

const euros = (minorUnits: bigint) => ({ minorUnits, currency: "EUR" });

describe("formatMoney", () => {
  it.each([
    [euros(0n), "€0.00"],
    [euros(5n), "€0.05"],
    [euros(129_900n), "€1,299.00"],
    [euros(-1n), "-€0.01"],
    [{ minorUnits: 1299n, currency: "JPY" }, "JP¥1,299"],
    [{ minorUnits: 1234n, currency: "KWD" }, "KWD\u00a01.234"],
  ])("writes %o in the currency's own digits", (money, text) => {
    expect(formatMoney(money)).toBe(text);
  });

  it("keeps every digit of the largest int64", () => {
    expect(formatMoney(euros(2n ** 63n - 1n))).toBe("€92,233,720,368,547,758.07");
    expect(formatMoney(euros(-(2n ** 63n)))).toBe("-€92,233,720,368,547,758.08");
  });
});

describe("sums", () => {
  it("multiplies beyond 2^53 exactly", () => {
    expect(times(euros(9_007_199_254_740_993n), 3)).toEqual(euros(27_021_597_764_222_979n));
  });

  it("adds amounts of one currency", () => {
    expect(sum([euros(1n), euros(9_007_199_254_740_993n)])).toEqual(euros(9_007_199_254_740_994n));
  });

  it("has no sum for an empty list or different currencies", () => {
    expect(sum([])).toBeUndefined();
    expect(sum([euros(1n), { minorUnits: 1n, currency: "USD" }])).toBeUndefined();
  });
});
