import { exportSPKI, importJWK, type JWTPayload, SignJWT } from "jose";
import { describe, expect, it } from "vitest";
import { startFakeIssuer, timesS } from "../../fixtures/fake-issuer.ts";
import { type FakeSignIn, startFakeSignIn } from "../../fixtures/fake-sign-in.ts";
import { startSignIn } from "../../fixtures/sign-in.ts";
import type { UserAgent } from "../../fixtures/user-agent.ts";

const events = { "http://schemas.openid.net/event/backchannel-logout": {} };
const header = { typ: "logout+jwt" };
const ok = 200;

type Claims = Readonly<Record<string, unknown>>;

const claimsOf = ({ issuer }: FakeSignIn, more: Claims = {}): Claims => {
  return { iss: issuer.url, aud: "shop", sub: "ada", jti: crypto.randomUUID(), events, ...timesS(), ...more };
};

/** Sends a form, as an issuer does. Returns the status. */
async function post(url: string, form: Readonly<Record<string, string>> | string): Promise<number> {
  const response = await fetch(`${url}/auth/backchannel-logout`, { method: "POST", body: new URLSearchParams(form) });
  expect(response.headers.get("cache-control")).toBe("no-store");
  return response.status;
}

const logout = async (mesh: FakeSignIn, more?: Claims) =>
  post(mesh.url, { logout_token: await mesh.issuer.sign(claimsOf(mesh, more), header) });

/** Returns which browsers have a session. */
async function areSignedIn(...browsers: readonly UserAgent[]): Promise<boolean[]> {
  const states = await Promise.all(browsers.map((browser) => browser.session()));
  return states.map((state) => (state as { signedIn: boolean }).signedIn);
}

describe("a logout at the issuer", () => {
  it("ends the session here, at every gateway", async () => {
    const mesh = await startSignIn();
    const other = await mesh.another();
    const browser = mesh.browser();
    await browser.signIn("customer");
    const cookie = `mesh_session=${browser.cookie("mesh_session")}`;
    const isOpenThere = async () => {
      const response = await fetch(`${other.url}/auth/session`, { headers: { cookie } });
      return ((await response.json()) as { signedIn: boolean }).signedIn;
    };
    expect(await isOpenThere()).toBe(true);
    // At the issuer itself, as another program of the same people would.
    const { text } = await browser.open(`${mesh.issuerUrl}/session/end`);
    const [, action = ""] = /action="([^"]*)"/.exec(text) ?? [];
    const xsrf = /name="xsrf" value="([^"]*)"/.exec(text)?.[1] ?? "";
    await browser.open(new URL(action, mesh.issuerUrl), {
      method: "POST",
      body: new URLSearchParams({ xsrf, logout: "yes" }),
    });
    await expect.poll(() => areSignedIn(browser)).toEqual([false]);
    await expect.poll(isOpenThere).toBe(false);
  });

  it("ends one session by its id, or all sessions of a person", async () => {
    const mesh = await startFakeSignIn();
    const [phone, laptop, other] = [
      await mesh.signedIn("ada", "phone"),
      await mesh.signedIn("ada", "laptop"),
      await mesh.signedIn("grace", "desk"),
    ];
    expect(await logout(mesh, { sid: "phone" })).toBe(ok);
    expect(await areSignedIn(phone, laptop, other)).toEqual([false, true, true]);
    expect(await logout(mesh, { sid: "desk", sub: undefined })).toBe(ok);
    expect(await areSignedIn(phone, laptop, other)).toEqual([false, true, false]);
    expect(await logout(mesh)).toBe(ok);
    expect(await areSignedIn(phone, laptop, other)).toEqual([false, false, false]);
    expect(await logout(mesh, { sub: "nobody" })).toBe(ok);
  });

  it("ends no session of another person by its id, and those of a person whose ids are not known", async () => {
    const mesh = await startFakeSignIn();
    const [ada, grace] = [await mesh.signedIn("ada"), await mesh.signedIn("grace", "desk")];
    expect(await logout(mesh, { sid: "desk" })).toBe(ok);
    expect(await areSignedIn(ada, grace)).toEqual([false, true]);
  });
});

describe("a logout token", () => {
  it("works once: a session that began later stays", async () => {
    const mesh = await startFakeSignIn();
    const logout_token = await mesh.issuer.sign(claimsOf(mesh), header);
    expect(await post(mesh.url, { logout_token })).toBe(ok);
    const later = await mesh.signedIn("ada");
    expect(await post(mesh.url, { logout_token })).toBe(400);
    expect(await areSignedIn(later)).toEqual([true]);
  });

  it("is accepted without its type, and if the clocks differ by 10 s", async () => {
    const mesh = await startFakeSignIn();
    const untyped = await mesh.issuer.sign(claimsOf(mesh), { typ: "JWT" });
    expect(await post(mesh.url, { logout_token: untyped })).toBe(ok);
    expect(await logout(mesh, timesS(10))).toBe(ok);
  });

  it.each<[string, (mesh: FakeSignIn) => Claims]>([
    ["the issuer of another", () => ({ iss: "https://evil.example" })],
    ["the audience of another", () => ({ aud: "another" })],
    ["no audience", () => ({ aud: undefined })],
    ["no time", () => ({ iat: undefined })],
    ["a time three minutes ago", () => ({ ...timesS(-180), exp: timesS().exp })],
    ["a time in the future", () => timesS(60)],
    ["its end in the past", () => ({ exp: timesS(-120).exp })],
    ["no id", () => ({ jti: undefined })],
    ["a nonce, as an ID token has", () => ({ nonce: "n" })],
    ["no events", () => ({ events: undefined })],
    ["another event", () => ({ events: { "http://schemas.openid.net/event/other": {} } })],
    ["an event that is a text", () => ({ events: { [Object.keys(events)[0] ?? ""]: "yes" } })],
    ["neither a session nor a person", () => ({ sub: undefined })],
    ["an empty session", () => ({ sid: "" })],
  ])("with %s ends nothing", async (_, change) => {
    const mesh = await startFakeSignIn();
    const browser = await mesh.signedIn("ada", "phone");
    expect(await logout(mesh, change(mesh))).toBe(400);
    expect(await areSignedIn(browser)).toEqual([true]);
  });

  it("that is forged ends nothing", async () => {
    const mesh = await startFakeSignIn();
    const browser = await mesh.signedIn("ada", "phone");
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const { kid } = mesh.issuer.publicJwk as { kid: string };
    const key = await importJWK(mesh.issuer.publicJwk, "RS256", { extractable: true });
    const secret = new TextEncoder().encode(await exportSPKI(key as Parameters<typeof exportSPKI>[0]));
    const [head, , signature] = (await mesh.issuer.sign(claimsOf(mesh, { sub: "grace" }), header)).split(".");
    const forged = {
      "the algorithm none": `${part({ alg: "none", ...header })}.${part(claimsOf(mesh))}.`,
      "another key": await (await startFakeIssuer()).sign(claimsOf(mesh), { ...header, kid }),
      "the public key as the secret": await new SignJWT(claimsOf(mesh) as JWTPayload)
        .setProtectedHeader({ alg: "HS256", kid, ...header })
        .sign(secret),
      "changed claims": `${head}.${part(claimsOf(mesh))}.${signature}`,
      "no token": "abc",
      "10 KB": await mesh.issuer.sign(claimsOf(mesh, { more: "x".repeat(10_000) }), header),
      "20 KB": "x".repeat(20_000),
    };
    for (const [what, logout_token] of Object.entries(forged)) {
      expect([what, await post(mesh.url, { logout_token })]).toEqual([what, 400]);
    }
    const valid = await mesh.issuer.sign(claimsOf(mesh), header);
    expect(await post(mesh.url, "")).toBe(400);
    expect(await post(mesh.url, `logout_token=${valid}&logout_token=${valid}`)).toBe(400);
    expect(await areSignedIn(browser)).toEqual([true]);
    expect(await post(mesh.url, { logout_token: valid })).toBe(ok);
  });

  it("is to be sent again if the issuer's keys can't be loaded", async () => {
    const mesh = await startFakeSignIn();
    const browser = await mesh.signedIn("ada");
    mesh.issuer.hasKeys = false;
    const response = await fetch(`${mesh.url}/auth/backchannel-logout`, {
      method: "POST",
      body: new URLSearchParams({ logout_token: await mesh.issuer.sign(claimsOf(mesh), header) }),
    });
    expect(response.status).toBe(503);
    mesh.issuer.hasKeys = true;
    expect(await logout(mesh)).toBe(ok);
    expect(await areSignedIn(browser)).toEqual([false]);
  });
});
