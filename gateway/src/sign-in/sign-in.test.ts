import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { startSignIn } from "../../fixtures/sign-in.ts";
import { customerIdOf } from "./callers.ts";

describe("signing in", () => {
  it("begins at the gateway, asks the issuer, and comes back to the page with a session", async () => {
    const { browser, url, issuerUrl } = await startSignIn();
    const customer = browser();
    expect(await customer.session()).toEqual({ canSignIn: true, signedIn: false });
    const visited = await customer.signIn("clerk", "/livez?shelf=3#top");
    const [login, authorization] = visited;
    expect(login?.pathname).toBe("/auth/login");
    expect(authorization?.origin).toBe(issuerUrl);
    expect(Object.fromEntries(authorization?.searchParams ?? [])).toMatchObject({
      response_type: "code",
      redirect_uri: `${url}/auth/callback`,
      code_challenge_method: "S256",
      scope: "openid profile",
    });
    expect(visited.at(-1)?.href).toBe(`${url}/livez?shelf=3#top`);
    expect(await customer.session()).toEqual({
      canSignIn: true,
      signedIn: true,
      customerId: customerIdOf(issuerUrl, "clerk"),
      name: "Clara Clerk",
      roles: ["clerk"],
    });
  });

  it("comes back to a page of another origin that may call", async () => {
    const server = createServer((_, response) => response.end("the page"));
    onTestFinished(() => void server.close());
    await once(server.listen(0, "127.0.0.1"), "listening");
    // A server that listens on a port has an address of this kind.
    const page = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { browser } = await startSignIn({ mesh: { settings: { origins: new Set([page]) } } });
    const customer = browser();
    const visited = await customer.signIn("clerk", `${page}/cart?shelf=3#top`);
    expect(visited.at(-1)?.href).toBe(`${page}/cart?shelf=3#top`);
    expect(await customer.session()).toMatchObject({ signedIn: true, name: "Clara Clerk" });
  });

  it("ends here and at the issuer", async () => {
    const { browser, url, issuerUrl } = await startSignIn();
    const customer = browser();
    await customer.signIn("customer");
    const left = await customer.fetch(`${url}/auth/logout`, { method: "POST" });
    const there = new URL(left.headers.get("location") ?? "");
    expect([left.status, there.origin, there.pathname]).toEqual([303, issuerUrl, "/session/end"]);
    expect(there.searchParams.get("post_logout_redirect_uri")).toBe(`${url}/`);
    expect(await customer.session()).toEqual({ canSignIn: true, signedIn: false });
  });
});
