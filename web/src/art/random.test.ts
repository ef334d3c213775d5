import { describe, expect, it } from "vitest";
import { randomOf } from "./random.ts";

const draw = (seed: string) => {
  const random = randomOf(seed);
  return Array.from({ length: 200 }, () => random.unit());
};

describe("randomOf", () => {
  it("is the same for the same seed, on every machine", () => {
    expect(draw("a")).toEqual(draw("a"));
    expect(randomOf("typemesh").whole(0, 999_999)).toBe(randomOf("typemesh").whole(0, 999_999));
  });

  it("differs between seeds that differ in one letter", () => {
    expect(draw("product-1")[0]).not.toBe(draw("product-2")[0]);
  });

  it("stays within its bounds", () => {
    const random = randomOf("bounds");
    const wholes = Array.from({ length: 500 }, () => random.whole(1, 3));
    expect(new Set(wholes)).toEqual(new Set([1, 2, 3]));
    expect(draw("bounds").every((number) => number >= 0 && number < 1)).toBe(true);
  });
});
