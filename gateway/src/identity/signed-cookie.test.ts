import { describe, expect, it } from "vitest";
import { signedCookie } from "./signed-cookie.ts";

const options = { name: "mesh_customer", secrets: ["s".repeat(32)], maxAgeS: 60 };
const cookie = signedCookie(options);
const http = { secure: false };

/** Returns the part of a Set-Cookie header that a browser sends back. */
function pairOf(setCookie: string): string {
  return setCookie.split(";", 1)[0] ?? "";
}

const pair = pairOf(cookie.write("0190d5a8", { secure: false }));

describe("signedCookie", () => {
  it("reads what it wrote, among others", () => {
    expect(cookie.read(pair, http)).toMatchObject({ value: "0190d5a8" });
    expect(cookie.read(`theme=dark; ${pair}; x=y`, http)).toMatchObject({ value: "0190d5a8" });
  });

  it("keeps the cookie from scripts, from other sites' forms, and from http if asked to", () => {
    expect(cookie.write("a", { secure: true })).toMatch(/; Max-Age=60; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
    expect(cookie.write("a", { secure: false })).toMatch(/; HttpOnly; SameSite=Lax$/);
  });

  it.each([
    ["no header", undefined],
    ["another cookie", "mesh=1"],
    ["a cookie whose name ends the same", `x${pair}`],
    ["no signature", "mesh_customer=0190d5a8"],
    ["an empty signature", "mesh_customer=0190d5a8."],
    ["another value", pair.replace("0190d5a8", "0190d5a9")],
    ["a shorter signature", pair.slice(0, -1)],
    ["letters beyond ASCII", `${pair.slice(0, -1)}é`],
  ])("reads nothing from %s", (_, header) => {
    expect(cookie.read(header, http)).toBeUndefined();
  });

  it("rejects a value signed with another secret, or for another name", () => {
    const other = signedCookie({ ...options, secrets: ["t".repeat(32)] });
    const named = signedCookie({ ...options, name: "mesh_other" });
    expect(cookie.read(pairOf(other.write("0190d5a8", { secure: false })), http)).toBeUndefined();
    const renamed = pairOf(named.write("0190d5a8", { secure: false })).replace("mesh_other", "mesh_customer");
    expect(cookie.read(renamed, http)).toBeUndefined();
  });

  it("finds the valid one if a page of a subdomain has planted another before it", () => {
    expect(cookie.read(`mesh_customer=evil.AAAA; ${pair}`, http)).toMatchObject({ value: "0190d5a8" });
  });
});
