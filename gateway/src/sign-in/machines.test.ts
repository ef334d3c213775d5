import { PaymentError } from "@mesh/contracts/testing/payments/v1";
import { exportSPKI, importJWK, SignJWT } from "jose";
import { afterEach, describe, expect, it, vi } from "vitest";
import { startFakeIssuer, timesS } from "../../fixtures/fake-issuer.ts";
import { type FakeSignIn, startFakeSignIn } from "../../fixtures/fake-sign-in.ts";
import { startSignIn } from "../../fixtures/sign-in.ts";

afterEach(() => void vi.useRealTimers());

type Claims = Readonly<Record<string, unknown>>;

const claimsOf = ({ issuer }: FakeSignIn): Claims => {
  return { iss: issuer.url, aud: "typemesh", sub: "robot", roles: ["clerk"], ...timesS() };
};

const services = {
  payments: {
    getPayment({ orderId }: { readonly orderId: string }): never {
      throw PaymentError.paymentNotFound({ orderId });
    },
  },
};

/** Reads a payment, which only some roles may. Returns the status and the challenge of the response. */
async function read(url: string, token: string): Promise<[number, string | null]> {
  const path = "/v1/payments/00000000-0000-4000-8000-000000000001";
  const response = await fetch(url + path, { headers: { authorization: `Bearer ${token}` } });
  await response.arrayBuffer();
  expect(response.headers.getSetCookie()).toEqual([]);
  return [response.status, response.headers.get("www-authenticate")];
}

/** The service knows no such payment, so the token was accepted. */
const accepted = [404, null];
const rejected = [401, 'Bearer error="invalid_token"'];

describe("a machine with a bearer token", () => {
  it("calls with the roles of its token", async () => {
    const mesh = await startFakeSignIn(services);
    expect(await read(mesh.url, await mesh.issuer.sign(claimsOf(mesh)))).toEqual(accepted);
    const plain = await mesh.issuer.sign({ ...claimsOf(mesh), roles: ["customer"] });
    expect(await read(mesh.url, plain)).toEqual([403, null]);
    const path = `${mesh.url}/trpc/payments.getPayment?input={"orderId":"00000000-0000-4000-8000-000000000001"}`;
    const token = await mesh.issuer.sign(claimsOf(mesh));
    expect((await fetch(path, { headers: { authorization: `Bearer ${token}` } })).status).toBe(404);
    expect((await fetch(path, { headers: { authorization: "Bearer x" } })).status).toBe(401);
  });

  it("gets its token from the issuer, by its secret", async () => {
    const { issuerUrl, url } = await startSignIn({ services });
    const response = await fetch(`${issuerUrl}/token`, {
      method: "POST",
      headers: { authorization: `Basic ${btoa("robot:robot")}` },
      body: new URLSearchParams({ grant_type: "client_credentials" }),
    });
    const { access_token } = (await response.json()) as { access_token: string };
    expect(await read(url, access_token)).toEqual(accepted);
  });

  it("is rejected with a token that is forged, expired or for another", async () => {
    const mesh = await startFakeSignIn(services);
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const { kid } = mesh.issuer.publicJwk as { kid: string };
    const key = await importJWK(mesh.issuer.publicJwk, "RS256", { extractable: true });
    const secret = new TextEncoder().encode(await exportSPKI(key as Parameters<typeof exportSPKI>[0]));
    const sign = (claims: Claims) => mesh.issuer.sign({ ...claimsOf(mesh), ...claims });
    const tokens = {
      "another audience": await sign({ aud: "another" }),
      "another issuer": await sign({ iss: "https://evil.example" }),
      "its end in the past": await sign(timesS(-80)),
      "the algorithm none": `${part({ alg: "none", typ: "at+jwt" })}.${part(claimsOf(mesh))}.`,
      "the public key as the secret": await new SignJWT({ ...claimsOf(mesh) })
        .setProtectedHeader({ alg: "HS256", kid, typ: "at+jwt" })
        .sign(secret),
      "another key with the same id": await (await startFakeIssuer()).sign(claimsOf(mesh), { kid }),
      "the type of an ID token": await mesh.issuer.sign(claimsOf(mesh), { typ: "JWT" }),
    };
    for (const [what, token] of Object.entries(tokens)) {
      expect([what, await read(mesh.url, token)]).toEqual([what, rejected]);
    }
  });

  it("can't make the gateway load keys from an address in its token", async () => {
    const [mesh, evil] = [await startFakeSignIn(services), await startFakeIssuer()];
    expect(await read(mesh.url, await mesh.issuer.sign(claimsOf(mesh)))).toEqual(accepted);
    const [jku, jwk] = [`${evil.url}/keys`, evil.publicJwk];
    for (const header of [{ jku }, { x5u: jku }, { jwk }, { kid: jku }, { jku, jwk, kid: "another" }]) {
      expect(await read(mesh.url, await evil.sign(claimsOf(mesh), header))).toEqual(rejected);
    }
    const own = await evil.sign({ ...claimsOf(mesh), iss: evil.url });
    expect(await read(mesh.url, own)).toEqual(rejected);
    expect(evil.keyLoads()).toBe(0);
  });

  it("is served with the known keys while the issuer is down, and gets 503 if there are none", async () => {
    const start = Date.now();
    const [mesh, late] = [await startFakeSignIn(services), await startFakeSignIn(services)];
    const token = () => mesh.issuer.sign(claimsOf(mesh));
    expect(await read(mesh.url, await token())).toEqual(accepted);
    mesh.issuer.hasKeys = false;
    vi.useFakeTimers({ toFake: ["Date"], now: start + 11 * 60_000 });
    expect(await read(mesh.url, await token())).toEqual(accepted);
    vi.setSystemTime(start + 80 * 60_000);
    expect(await read(mesh.url, await token())).toEqual([503, null]);
    mesh.issuer.hasKeys = true;
    expect(await read(mesh.url, await token())).toEqual(accepted);
    late.issuer.hasKeys = false;
    expect(await read(late.url, await late.issuer.sign(claimsOf(late)))).toEqual([503, null]);
  });
});
