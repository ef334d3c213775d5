import type { IncomingMessage, ServerResponse } from "node:http";
import { createLogger } from "@mesh/runtime";
import { exportSPKI, importJWK, SignJWT } from "jose";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type FakeIssuer, startFakeIssuer, timesS } from "../../fixtures/fake-issuer.ts";
import { bearerTokens, type ReadBearer } from "./bearer-tokens.ts";
import { createIssuer } from "./issuer.ts";

let issuer: FakeIssuer;
let readBearer: ReadBearer;
const headers = new Map<string, unknown>();
const response = { setHeader: (name: string, value: unknown) => headers.set(name, value) } as unknown as ServerResponse;

beforeEach(async () => {
  issuer = await startFakeIssuer();
  readBearer = open("mesh");
});
afterEach(() => void vi.useRealTimers());

function open(audience: string | undefined): ReadBearer {
  const settings = { url: issuer.url, clientId: "shop", clientSecret: undefined, scopes: "openid" };
  const log = createLogger({ name: "test", level: "silent" });
  return bearerTokens({ issuer: createIssuer(settings), issuerUrl: issuer.url, audience, rolesClaim: "roles", log });
}

const read = (authorization: string | undefined, by = readBearer) =>
  by({ headers: { authorization } } as IncomingMessage, response);
const claims = () => ({ iss: issuer.url, aud: "mesh", sub: "robot", roles: ["clerk"], ...timesS() });
const without = (name: string) => Object.fromEntries(Object.entries(claims()).filter(([key]) => key !== name));
const rejected = { code: "UNAUTHENTICATED", message: "the bearer token is not valid" };

describe("a bearer token", () => {
  it("says who calls, and in which roles", async () => {
    const owner = { issuer: issuer.url, subject: "robot", roles: ["clerk"] };
    expect(await read(`Bearer ${await issuer.sign(claims())}`)).toEqual(owner);
    expect(await read(`bearer ${await issuer.sign(claims())}`)).toEqual(owner);
    expect(await read(`Bearer ${await issuer.sign({ ...claims(), ...timesS(-70) })}`)).toEqual(owner);
    expect(await read(undefined)).toBeUndefined();
    expect(await read("Basic YTpi")).toBeUndefined();
  });

  it("has expired", async () => {
    const token = await issuer.sign({ ...claims(), ...timesS(-80) });
    await expect(read(`Bearer ${token}`)).rejects.toMatchObject({ message: "the bearer token has expired" });
    expect(headers.get("www-authenticate")).toBe('Bearer error="invalid_token"');
  });

  it.each<[string, () => Promise<string>]>([
    ["no text", async () => ""],
    ["any text", async () => "abc"],
    ["another audience", () => issuer.sign({ ...claims(), aud: "shop" })],
    ["another issuer", () => issuer.sign({ ...claims(), iss: "https://evil.example" })],
    ["no end", () => issuer.sign(without("exp"))],
    ["no subject", () => issuer.sign(without("sub"))],
    ["a beginning in the future", () => issuer.sign({ ...claims(), nbf: timesS(60).iat })],
    ["the type of an ID token", () => issuer.sign(claims(), { typ: "JWT" })],
    ["no type", () => issuer.sign(claims(), { typ: undefined })],
    ["10 KB", () => issuer.sign({ ...claims(), more: "x".repeat(10_000) })],
    ["a key that is not known", async () => (await startFakeIssuer()).sign(claims())],
    [
      "the name of a key, and another key",
      async () => {
        const [header = ""] = (await issuer.sign(claims())).split(".");
        const { kid } = JSON.parse(Buffer.from(header, "base64url").toString());
        return (await startFakeIssuer()).sign(claims(), { kid });
      },
    ],
    [
      "changed claims",
      async () => {
        const [header, , signature] = (await issuer.sign(claims())).split(".");
        return [
          header,
          Buffer.from(JSON.stringify({ ...claims(), roles: ["admin"] })).toString("base64url"),
          signature,
        ].join(".");
      },
    ],
    [
      "the algorithm none",
      async () => {
        const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
        return `${part({ alg: "none", typ: "at+jwt" })}.${part(claims())}.`;
      },
    ],
    [
      "a signature by HS256 with the public key as the secret",
      async () => {
        const key = await importJWK(issuer.publicJwk, "RS256", { extractable: true });
        const secret = new TextEncoder().encode(await exportSPKI(key as Parameters<typeof exportSPKI>[0]));
        const { kid } = issuer.publicJwk as { kid: string };
        return new SignJWT(claims()).setProtectedHeader({ alg: "HS256", kid, typ: "at+jwt" }).sign(secret);
      },
    ],
  ])("is rejected with %s, without the reason", async (_, token) => {
    await expect(read(`Bearer ${await token()}`)).rejects.toMatchObject(rejected);
  });

  it("is rejected if no audience is set", async () => {
    await expect(read(`Bearer ${await issuer.sign(claims())}`, open(undefined))).rejects.toMatchObject(rejected);
  });
});

describe("the keys of an issuer", () => {
  const at = (ms: number) => vi.setSystemTime(ms);
  const token = () => issuer.sign(claims());

  it("are used for an hour after the ten minutes if the issuer does not respond, and no longer", async () => {
    const start = Date.now();
    vi.useFakeTimers({ toFake: ["Date"], now: start });
    await read(`Bearer ${await token()}`);
    issuer.hasKeys = false;
    at(start + 11 * 60_000);
    expect(await read(`Bearer ${await token()}`)).toMatchObject({ subject: "robot" });
    at(start + 59 * 60_000);
    expect(await read(`Bearer ${await token()}`)).toMatchObject({ subject: "robot" });
    at(start + 75 * 60_000);
    await expect(read(`Bearer ${await token()}`)).rejects.toMatchObject({ code: "UNAVAILABLE" });
    issuer.hasKeys = true;
    expect(await read(`Bearer ${await token()}`)).toMatchObject({ subject: "robot" });
  });

  it("are loaded again for a new key, at most every 30 s: anyone can send an unknown one", async () => {
    const start = Date.now();
    vi.useFakeTimers({ toFake: ["Date"], now: start });
    await read(`Bearer ${await token()}`);
    await issuer.rotate();
    for (let times = 0; times < 5; times++)
      await expect(read(`Bearer ${await token()}`)).rejects.toMatchObject(rejected);
    expect(issuer.keyLoads()).toBe(1);
    at(start + 31_000);
    expect(await read(`Bearer ${await token()}`)).toMatchObject({ subject: "robot" });
    expect(issuer.keyLoads()).toBe(2);
  });
});
