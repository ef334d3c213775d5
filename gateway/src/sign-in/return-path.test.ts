import { describe, expect, it } from "vitest";
import { returnAddress, withResult } from "./return-path.ts";

const pages = new Set(["https://app.example", "http://localhost:3000"]);

describe("returnAddress", () => {
  it.each(["/", "/cart", "/orders/1?token=a%2Fb&x=1#top", "/search?q=https://other.example"])(
    "keeps the own path %s",
    (path) => {
      expect(returnAddress(path, pages)).toBe(path);
    },
  );

  it.each(["https://app.example/cart?a=1#top", "https://app.example/auth/login", "http://localhost:3000/"])(
    "keeps %s, whose page is listed",
    (url) => {
      expect(returnAddress(url, pages)).toBe(url);
    },
  );

  it.each([
    "",
    null,
    undefined,
    "cart",
    "https://evil.example",
    "https://app.example.evil.example",
    "https://app.example@evil.example",
    "http://app.example",
    "http://localhost:3001/",
    `https://app.example/${"a".repeat(3_000)}`,
    "//app.example",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "/\\/evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/%0d%0a/..//evil.example\r\nset-cookie: a=b",
    "/.//evil.example",
    "/a/..//evil.example",
    "/%2e//evil.example",
    " //evil.example",
    "javascript:alert(1)",
    "/auth/login?return_to=/",
    "/a/../auth/logout",
    `/${"a".repeat(3_000)}`,
  ])("sends no browser to %j", (path) => {
    expect(returnAddress(path, pages)).toBe("/");
  });

  it("adds the result to the query", () => {
    expect(withResult("/cart", "failed")).toBe("/cart?sign-in=failed");
    expect(withResult("/cart?a=1#top", "cancelled")).toBe("/cart?a=1&sign-in=cancelled#top");
    expect(withResult("https://app.example/cart", "failed")).toBe("https://app.example/cart?sign-in=failed");
  });
});
