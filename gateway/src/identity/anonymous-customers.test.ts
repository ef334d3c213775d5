import type { IncomingMessage } from "node:http";
import { ServerResponse } from "node:http";
import { scopesOf } from "@mesh/contracts/testing/roles";
import { describe, expect, it } from "vitest";
import { anonymousCustomers } from "./anonymous-customers.ts";

const secret = "a secret of thirty-two characters";

/** Identifies a browser with this cookie. Returns the caller and the cookie that is set. */
function visit(cookie?: string, { secure = false, headers = {}, secrets = [secret] } = {}) {
  const request = { headers: { cookie, ...headers }, socket: {} } as unknown as IncomingMessage;
  const response = new ServerResponse(request);
  const caller = anonymousCustomers({ secrets, secure, scopesOf })(request, response);
  const [setCookie] = [response.getHeader("set-cookie") ?? []].flat();
  return { caller, setCookie: setCookie === undefined ? undefined : String(setCookie) };
}

function pairOf(setCookie: string | undefined): string {
  return setCookie?.split(";", 1)[0] ?? "";
}

describe("anonymousCustomers", () => {
  it("makes a browser a customer on first contact, and recognizes it later", () => {
    const first = visit();
    expect(first.caller.principal).toEqual({ kind: "customer", id: expect.stringMatching(/^[\da-f-]{36}$/) });
    const second = visit(pairOf(first.setCookie));
    expect(second.caller.principal).toEqual(first.caller.principal);
    expect(second.setCookie).toBeUndefined();
  });

  it("makes two browsers two customers", () => {
    expect(visit().caller.principal.id).not.toBe(visit().caller.principal.id);
  });

  it("keeps the cookie for a year, from scripts and from other sites' forms", () => {
    expect(visit().setCookie).toMatch(/; Max-Age=31536000; Path=\/; HttpOnly; SameSite=Lax$/);
  });

  it("sends the cookie by https only in production, and if the request came by https", () => {
    expect(visit(undefined, { secure: true }).setCookie).toMatch(/; Secure; SameSite=Lax$/);
    expect(visit(undefined, { headers: { "x-forwarded-proto": "https" } }).setCookie).toMatch(
      /; Secure; SameSite=Lax$/,
    );
  });

  it("replaces a cookie that was tampered with", () => {
    const mine = visit();
    const { id } = mine.caller.principal;
    const stolen = `${id.slice(0, -1)}${id.endsWith("0") ? "1" : "0"}`;
    const visited = visit(pairOf(mine.setCookie).replace(id, stolen));
    expect([id, stolen]).not.toContain(visited.caller.principal.id);
    expect(visited.setCookie).toContain(visited.caller.principal.id);
  });

  it("signs a cookie of an older secret again, which is not needed any more then", () => {
    const secrets = ["another secret of thirty-two chars", secret];
    const first = visit();
    const replaced = visit(pairOf(first.setCookie), { secrets });
    expect(replaced.caller.principal).toEqual(first.caller.principal);
    const last = visit(pairOf(replaced.setCookie), { secrets: secrets.slice(0, 1) });
    expect(last.caller.principal).toEqual(first.caller.principal);
    expect(last.setCookie).toBeUndefined();
  });

  it("lets a customer read and order, and nothing else", () => {
    const scopes = ["catalog:read", "orders:read", "orders:write", "stock:read"];
    expect([...visit().caller.scopes].sort()).toEqual(scopes);
  });
});
