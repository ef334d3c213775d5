import { describe, expect, it } from "vitest";
import { scopesIn } from "./roles.ts";

const scopesOf = scopesIn({ clerk: ["orders:read", "payments:refund"], customer: ["orders:read", "orders:write"] });

describe("the scopes of roles", () => {
  it("are those of all roles together", () => {
    expect([...scopesOf(["customer", "clerk"])].sort()).toEqual(["orders:read", "orders:write", "payments:refund"]);
    expect([...scopesOf(new Set(["clerk"]))]).toEqual(["orders:read", "payments:refund"]);
    expect(scopesOf([]).size).toBe(0);
  });

  it("are none for a name that no contract declares, or that every object has", () => {
    expect(scopesOf(["boss", "constructor", "__proto__", "toString"]).size).toBe(0);
    expect([...scopesOf(["clerk", "boss"])]).toEqual(["orders:read", "payments:refund"]);
  });

  it("are one set for the same roles, in any order", () => {
    expect(scopesOf(["clerk", "customer", "boss"])).toBe(scopesOf(["customer", "clerk"]));
  });
});
