import { describe, expect, it } from "vitest";
import { startFakeIssuer, timesS } from "../../fixtures/fake-issuer.ts";
import { startSignIn } from "../../fixtures/sign-in.ts";
import { openUserAgent } from "../../fixtures/user-agent.ts";

const anonymous = { canSignIn: true, signedIn: false };

describe("a sign-in from elsewhere", () => {
  it.each([
    ["no state", ""],
    ["an unknown state", "state=0123456789abcdef0123456789abcdef&code=stolen"],
    ["a state that is no state", "state=../../x&code=stolen"],
  ])("with %s opens no session, and the issuer is not asked", async (_, query) => {
    const { browser, url } = await startSignIn({ hasIssuer: false });
    const visitor = browser();
    const response = await visitor.fetch(`${url}/auth/callback?${query}`);
    expect([response.status, response.headers.get("location")]).toEqual([303, "/?sign-in=failed"]);
    expect(await visitor.session()).toEqual(anonymous);
  });

  it("by another browser's code opens no session: the attempt belongs to the browser that began it", async () => {
    const { browser, url } = await startSignIn();
    const [attacker, victim] = [browser(), browser()];
    // The attacker signs in, but keeps the address of the callback, and gets the victim to open it.
    const begun = await attacker.open(`${url}/auth/login`);
    const [, action = ""] = /action="([^"]*)"/.exec(begun.text) ?? [];
    let next = await attacker.fetch(new URL(action, begun.visited.at(-1)), {
      method: "POST",
      body: new URLSearchParams({ user: "clerk" }),
    });
    let callback = "";
    while (!callback.startsWith(url)) {
      callback = next.headers.get("location") ?? "";
      if (!callback.startsWith(url)) next = await attacker.fetch(callback);
    }
    expect((await victim.fetch(callback)).headers.get("location")).toBe("/?sign-in=failed");
    expect(await victim.session()).toEqual(anonymous);
    // A code is good for one session, also with the cookies of its attempt.
    const cookies = new Map(attacker.cookies.get(new URL(url).host));
    expect((await attacker.fetch(callback)).headers.get("location")).toBe("/");
    expect(await attacker.session()).toMatchObject({ signedIn: true });
    const replay = browser();
    replay.cookies.set(new URL(url).host, cookies);
    expect((await replay.fetch(callback)).headers.get("location")).toBe("/?sign-in=failed");
    expect(await replay.session()).toEqual(anonymous);
  });

  it.each(["https://evil.example", "//evil.example", "/\\evil.example"])(
    "does not send the browser to %s",
    async (returnTo) => {
      const { browser, url } = await startSignIn();
      const visited = await browser().signIn("customer", returnTo);
      expect(visited.at(-1)?.href).toBe(`${url}/`);
    },
  );

  it("cannot end a session: only a form of the own page can", async () => {
    const { browser, url } = await startSignIn();
    const customer = browser();
    await customer.signIn("customer");
    expect((await customer.fetch(`${url}/auth/logout`)).status).toBe(405);
    const foreign = { method: "POST", headers: { origin: "https://evil.example" } };
    expect((await customer.fetch(`${url}/auth/logout`, foreign)).status).toBe(403);
    expect(await customer.session()).toMatchObject({ signedIn: true });
  });
});

describe("an ID token that is not valid", () => {
  /** Completes a sign-in at an issuer that returns this ID token. */
  async function resultOf(
    make: (issuer: Awaited<ReturnType<typeof startFakeIssuer>>, nonce: string) => Promise<string>,
  ) {
    const issuer = await startFakeIssuer();
    const { url } = await startSignIn({
      hasIssuer: false,
      signIn: { issuerUrl: issuer.url, clientSecret: undefined },
    });
    const visitor = openUserAgent(url);
    const login = await visitor.fetch(`${url}/auth/login`);
    const { searchParams } = new URL(login.headers.get("location") ?? "");
    issuer.nonce = searchParams.get("nonce") ?? "";
    issuer.idToken = (nonce) => make(issuer, nonce);
    const query = new URLSearchParams({ code: "c", state: searchParams.get("state") ?? "" });
    const response = await visitor.fetch(`${url}/auth/callback?${query}`);
    return [response.headers.get("location"), await visitor.session()];
  }
  const claimsOf = (issuer: { url: string }, nonce: string) => {
    return { iss: issuer.url, aud: "shop", sub: "ada", name: "Ada", nonce, ...timesS() };
  };
  const failed = ["/?sign-in=failed", anonymous];

  it("is needed for the other tests: a valid one signs in, also if the clocks differ by 10 s", async () => {
    const signedIn = {
      canSignIn: true,
      signedIn: true,
      customerId: expect.any(String),
      name: "Ada",
      roles: ["customer"],
    };
    expect(await resultOf((issuer, nonce) => issuer.sign(claimsOf(issuer, nonce)))).toEqual(["/", signedIn]);
    const early = (issuer: Awaited<ReturnType<typeof startFakeIssuer>>, nonce: string) =>
      issuer.sign({ ...claimsOf(issuer, nonce), ...timesS(10) });
    expect(await resultOf(early)).toEqual(["/", signedIn]);
  });

  it.each([
    ["another nonce", { nonce: "0123456789abcdef" }],
    ["another audience", { aud: "another" }],
    ["another issuer", { iss: "https://evil.example" }],
    ["its end in the past", timesS(-120)],
  ])("has %s", async (_, changes) => {
    expect(await resultOf((issuer, nonce) => issuer.sign({ ...claimsOf(issuer, nonce), ...changes }))).toEqual(failed);
  });

  it("has no signature, or one by another key", async () => {
    const unsigned = async (issuer: { url: string }, nonce: string) =>
      `${Buffer.from('{"alg":"none"}').toString("base64url")}.${Buffer.from(JSON.stringify(claimsOf(issuer, nonce))).toString("base64url")}.`;
    expect(await resultOf(unsigned)).toEqual(failed);
    // Its key is made before: on a busy machine the gateway would not wait for it.
    const another = await startFakeIssuer();
    const foreign = (issuer: { url: string }, nonce: string) => another.sign(claimsOf(issuer, nonce), { typ: "JWT" });
    expect(await resultOf(foreign)).toEqual(failed);
  });
});

describe("an issuer that is down", () => {
  it("leaves the rest working, and the sign-in says so, until it is back", async () => {
    const { browser, url } = await startSignIn({ hasIssuer: false });
    const visitor = browser();
    const query = `${url}/trpc/catalog.listProducts?input={}`;
    expect((await visitor.fetch(query)).status).toBe(200);
    const response = await visitor.fetch(`${url}/auth/login?return_to=/cart`);
    expect([response.status, response.headers.get("location")]).toEqual([303, "/cart?sign-in=unavailable"]);
  });
});
