import { expect, it } from "vitest";
import { exampleProducts } from "./products.ts";

it("has 5,000 products, of which the first page of the catalog shows every category", () => {
  const products = exampleProducts().map(({ product }) => product);
  expect(new Set(products.map(({ id }) => id)).size).toBe(5_000);
  const byName = products.toSorted((one, other) => (one.name < other.name ? -1 : 1));
  expect(new Set(byName.slice(0, 24).map(({ category }) => category)).size).toBe(8);
});
