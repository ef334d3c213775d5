import { describe, expect, it } from "vitest";
import { countOf, maxItems, parseItems, withMore, without, withQuantity } from "./items.ts";

const a = "a0000000-0000-4000-8000-000000000000";
const b = "b0000000-0000-4000-8000-000000000000";
const one = { productId: a, quantity: 1 };
const two = { productId: b, quantity: 2 };

describe("a cart", () => {
  it("takes a product once and counts its pieces", () => {
    const items = withMore(withMore([one], b, 2), a, 4);
    expect(items).toEqual([{ productId: a, quantity: 5 }, two]);
    expect(countOf(items)).toBe(7);
  });

  it("keeps quantities within what an order takes", () => {
    expect(withMore([], a, 0)).toEqual([one]);
    expect(withQuantity([one], a, -3)).toEqual([one]);
    expect(withQuantity([one], a, 2.9)).toEqual([{ productId: a, quantity: 2 }]);
    expect(withMore([{ productId: a, quantity: 999 }], a, 5)).toEqual([{ productId: a, quantity: 1000 }]);
    expect(withQuantity([one], a, Number.NaN)).toEqual([one]);
  });

  it("takes no product more than an order does", () => {
    const full = Array.from({ length: maxItems }, (_, i) => ({ productId: `p${i}`, quantity: 1 }));
    expect(withMore(full, "one-too-many", 1)).toBe(full);
    expect(withMore(full, "p0", 1)[0]).toEqual({ productId: "p0", quantity: 2 });
  });

  it("gives a product up", () => {
    expect(without([one, two], a)).toEqual([two]);
  });
});

describe("a stored cart", () => {
  it("comes back as it was", () => {
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

  it("is brought within bounds", () => {
    expect(parseItems(JSON.stringify([{ productId: a, quantity: 1e9 }, one]))).toEqual([
      { productId: a, quantity: 1000 },
    ]);
  });
});
