import { describe, expect, it } from "vitest";
import { countOf, maxItems, parseItems, withMore, without, withQuantity } from "./items.ts";

const a = "a0000000-0000-4000-8000-000000000000";
const b = "b0000000-0000-4000-8000-000000000000";
const one = { productId: a, quantity: 1 };
const two = { productId: b, quantity: 2 };

describe("a cart", () => {
  it("lists a product once and adds up its quantity", () => {
    const items = withMore(withMore([one], b, 2), a, 4);
    expect(items).toEqual([{ productId: a, quantity: 5 }, two]);
    expect(countOf(items)).toBe(7);
  });

  it("keeps quantities within the limits of an order", () => {
    expect(withMore([], a, 0)).toEqual([one]);
    expect(withQuantity([one], a, -3)).toEqual([one]);
    expect(withQuantity([one], a, 2.9)).toEqual([{ productId: a, quantity: 2 }]);
    expect(withMore([{ productId: a, quantity: 999 }], a, 5)).toEqual([{ productId: a, quantity: 1000 }]);
    expect(withQuantity([one], a, Number.NaN)).toEqual([one]);
  });

  it("holds no more products than an order", () => {
    const full = Array.from({ length: maxItems }, (_, i) => ({ productId: `p${i}`, quantity: 1 }));
    expect(withMore(full, "one-too-many", 1)).toBe(full);
    expect(withMore(full, "p0", 1)[0]).toEqual({ productId: "p0", quantity: 2 });
  });

  it("removes a product", () => {
    expect(without([one, two], a)).toEqual([two]);
  });
});

describe("a stored cart", () => {
  it("is restored unchanged", () => {
    expect(parseItems(JSON.stringify([one, two]))).toEqual([one, two]);
  });

  it.each([
    null,
    "",
    "{",
    "null",
    "{}",
    '"text"',
    "[1, null, {}]",
    '[{"productId":1,"quantity":1}]',
    '[{"productId":"a","quantity":1}]',
  ])("is empty where %o was stored", (text) => {
    expect(parseItems(text)).toEqual([]);
  });

  it("is reduced to the limits", () => {
    expect(parseItems(JSON.stringify([{ productId: a, quantity: 1e9 }, one]))).toEqual([
      { productId: a, quantity: 1000 },
    ]);
  });
});
