import { Category, type Product } from "@mesh/contracts/catalog/v1";
import { describe, expect, it } from "vitest";
import { goneText, linesOf, shortageText, totalOf } from "./lines.ts";

function product(id: string, minorUnits: bigint, currency = "EUR"): Product {
  const price = { minorUnits, currency };
  return { id, name: id, description: "", category: Category.CATEGORY_BOOKS, price, revision: 1n, images: [] };
}

const items = [
  { productId: "a", quantity: 2 },
  { productId: "b", quantity: 1 },
];
const products = [product("a", 1000n), product("b", 50n)];

describe("linesOf", () => {
  it("keeps the order of the cart, whatever the order of the responses", () => {
    const lines = linesOf({ items, products: products.toReversed(), isComplete: true, stock: [] });
    expect(lines.map((line) => [line.product?.name, line.quantity, line.problem])).toEqual([
      ["a", 2, undefined],
      ["b", 1, undefined],
    ]);
  });

  it("reports a product as gone only after the catalog has responded", () => {
    const some = { items, products: products.slice(0, 1), stock: undefined };
    expect(linesOf({ ...some, isComplete: false })[1]?.problem).toBeUndefined();
    expect(linesOf({ ...some, isComplete: true })[1]?.problem).toBe(goneText);
  });

  it("reports items with too little stock", () => {
    const stock = [{ productId: "a", available: 1n }];
    expect(linesOf({ items, products, isComplete: true, stock })[0]?.problem).toBe("Only 1 left.");
  });
});

describe("shortageText", () => {
  it("returns nothing if the stock is enough or unknown", () => {
    expect(shortageText(3, 3n)).toBeUndefined();
    expect(shortageText(1000, undefined)).toBeUndefined();
  });

  it("compares beyond 2^53, and reports zero or less as sold out", () => {
    expect(shortageText(1, 2n ** 63n - 1n)).toBeUndefined();
    expect(shortageText(1, 0n)).toBe("Sold out.");
    expect(shortageText(1, -2n)).toBe("Sold out.");
  });
});

describe("totalOf", () => {
  it("adds up prices times quantities", () => {
    expect(totalOf(linesOf({ items, products, isComplete: true, stock: [] }))).toEqual({
      minorUnits: 2050n,
      currency: "EUR",
    });
  });

  it("is unknown if a price is unknown or the currencies differ", () => {
    const half = linesOf({ items, products: products.slice(0, 1), isComplete: false, stock: [] });
    const mixed = [product("a", 1n), product("b", 1n, "USD")];
    expect(totalOf(half)).toBeUndefined();
    expect(totalOf(linesOf({ items, products: mixed, isComplete: true, stock: [] }))).toBeUndefined();
  });
});
