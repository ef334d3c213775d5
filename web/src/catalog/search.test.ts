import { Category } from "@mesh/contracts/catalog/v1";
import { describe, expect, it } from "vitest";
import { readSearch, requestOf } from "./search.ts";

describe("readSearch", () => {
  it("reads the parameters that the page wrote", () => {
    const search = { q: "lamp", category: "home", page: 3, token: "abc" };
    expect(readSearch(search)).toEqual(search);
  });

  it("leaves out empty and invalid parameters", () => {
    expect(readSearch({ q: "  ", category: "nonsense", page: -1, token: "" })).toEqual({});
    expect(readSearch({ q: { a: 1 }, category: 7, page: "x", token: null })).toEqual({});
    expect(readSearch({ page: 4 })).toEqual({});
  });

  it("searches for numbers too", () => {
    expect(readSearch({ q: 12 })).toEqual({ q: "12" });
  });

  it("shortens a query that the catalog would reject", () => {
    expect(readSearch({ q: "x".repeat(500) }).q).toHaveLength(100);
  });
});

describe("requestOf", () => {
  it("requests the first page of all products by default", () => {
    expect(requestOf({})).toEqual({
      pageSize: 24,
      pageToken: "",
      query: "",
      category: Category.CATEGORY_UNSPECIFIED,
    });
  });

  it("requests the search of the address", () => {
    expect(requestOf({ q: "lamp", category: "home", page: 2, token: "abc" })).toEqual({
      pageSize: 24,
      pageToken: "abc",
      query: "lamp",
      category: Category.CATEGORY_HOME,
    });
  });
});
