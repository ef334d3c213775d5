import { request as send } from "node:http";
import { describe, expect, it } from "vitest";
import { startFakeIssuer, timesS } from "../../fixtures/fake-issuer.ts";
import { startSignIn } from "../../fixtures/sign-in.ts";

const origin = "https://shop.example";

/** The cookies of a response: names, values and attributes. */
interface Answer {
  readonly status: number;
  readonly location: string;
  readonly cookies: readonly string[];
  readonly body: string;
}

/** Sends a request as the proxy does that ends TLS in front of the gateway. */
function get(url: string, path: string, cookie?: string): Promise<Answer> {
  const headers = { host: "shop.example", "x-forwarded-proto": "https", ...(cookie !== undefined && { cookie }) };
  return new Promise((resolve, reject) => {
    const request = send(url + path, { headers }, async (response) => {
      let body = "";
      for await (const chunk of response) body += chunk;
      const { location = "", "set-cookie": cookies = [] } = response.headers;
      resolve({ status: response.statusCode ?? 0, location, cookies, body });
    });
    request.on("error", reject).end();
  });
}

const pairOf = (set = "") => set.split(";", 1)[0] ?? "";

/** Starts a gateway as in production, and its issuer. */
async function start() {
  const fake = await startFakeIssuer();
  const settings = { isProduction: true, publicOrigins: new Set([origin]) };
  const signIn = { issuerUrl: fake.url, clientSecret: undefined };
  const { url } = await startSignIn({ hasIssuer: false, signIn, mesh: { settings } });

  /** Begins a sign-in. Returns the path to which the issuer sends the browser, and the cookie of the attempt as it was set. */
  async function begin(sub: string): Promise<{ callback: string; attempt: string }> {
    const begun = await get(url, "/auth/login?return_to=/cart");
    const { searchParams } = new URL(begun.location);
    expect(searchParams.get("redirect_uri")).toBe(`${origin}/auth/callback`);
    const claims = { iss: fake.url, aud: "shop", sub, name: sub, ...timesS() };
    fake.idToken = (nonce) => fake.sign({ ...claims, nonce }, { typ: "JWT" });
    fake.nonce = searchParams.get("nonce") ?? "";
    const query = new URLSearchParams({ code: "c", state: searchParams.get("state") ?? "" });
    return { callback: `/auth/callback?${query}`, attempt: begun.cookies[0] ?? "" };
  }

  /** Signs a person in, and returns the cookie of the session as it was set. */
  async function signInAs(sub: string): Promise<string> {
    const { callback, attempt } = await begin(sub);
    expect(attempt).toMatch(/^__Host-mesh_signin_[^;]*; Max-Age=600; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
    const done = await get(url, callback, pairOf(attempt));
    expect([done.status, done.location]).toEqual([303, "/cart"]);
    return done.cookies.find((cookie) => cookie.includes("mesh_session")) ?? "";
  }
  const nameOf = async (cookie: string) => JSON.parse((await get(url, "/auth/session", cookie)).body).name;
  return { url, begin, signInAs, nameOf };
}

describe("a gateway in production, over https", () => {
  it("sets cookies that only this very host can set, and that travel by https alone", async () => {
    const { url, signInAs, nameOf } = await start();
    const set = await signInAs("ada");
    expect(set).toMatch(/^__Host-mesh_session=[\w.-]+; Max-Age=86400; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
    expect(await nameOf(pairOf(set))).toBe("ada");
    const visit = await get(url, "/trpc/catalog.listProducts?input={}");
    expect(visit.cookies).toHaveLength(1);
    expect(visit.cookies[0]).toMatch(
      /^__Host-mesh_customer=[^;]+; Max-Age=\d+; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    );
  });

  it("takes no cookie without the prefix, which a page of a sibling domain may have planted", async () => {
    const { url, signInAs, nameOf } = await start();
    const [victim, attacker] = [pairOf(await signInAs("ada")), pairOf(await signInAs("mallory"))];
    const planted = attacker.replace("__Host-", "");
    expect(await nameOf(planted)).toBeUndefined();
    expect(await nameOf(`${planted}; ${victim}`)).toBe("ada");
    expect(await nameOf(`${victim}; ${planted}`)).toBe("ada");
    // The same for customers who have not signed in: a planted cookie does not change which customer the browser is.
    const visit = "/trpc/catalog.listProducts?input={}";
    const own = pairOf((await get(url, visit)).cookies[0]);
    const before = own.replace("__Host-", "");
    expect((await get(url, visit, own)).cookies).toEqual([]);
    const [given] = (await get(url, visit, before)).cookies;
    expect(given).toMatch(/^__Host-mesh_customer=/);
    expect(pairOf(given)).not.toBe(own);
    expect((await get(url, visit, `${before}; ${own}`)).cookies).toEqual([]);
  });

  it("takes no cookie of an attempt to sign in without the prefix", async () => {
    const { url, begin } = await start();
    const { callback, attempt } = await begin("mallory");
    const planted = pairOf(attempt).replace("__Host-", "");
    expect((await get(url, callback, planted)).location).toBe("/?sign-in=failed");
    expect((await get(url, callback, pairOf(attempt))).location).toBe("/cart");
  });
});
