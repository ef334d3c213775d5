import { describe, expect, it } from "vitest";
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
