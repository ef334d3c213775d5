import { describe, expect, it } from "vitest";
import { returnPath, withResult } from "./return-path.ts";

describe("returnPath", () => {
  it.each(["/", "/cart", "/orders/1?token=a%2Fb&x=1#top", "/search?q=https://other.example"])(
    "keeps the own path %s",
    (path) => {
      expect(returnPath(path)).toBe(path);
    },
  );

  it.each([
    "",
    null,
    undefined,
    "cart",
    "https://evil.example",
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
    expect(returnPath(path)).toBe("/");
  });

  it("adds the result to the query", () => {
    expect(withResult("/cart", "failed")).toBe("/cart?sign-in=failed");
    expect(withResult("/cart?a=1#top", "cancelled")).toBe("/cart?a=1&sign-in=cancelled#top");
  });
});
