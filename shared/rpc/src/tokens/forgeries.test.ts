import { X509Certificate } from "node:crypto";
import { issueCertificate } from "@mesh/dev/authority";
import { SignJWT } from "jose";
import { beforeAll, expect, test } from "vitest";
import { capturedLog } from "../../fixtures/captured-log.ts";
import { decodePart, encodePart, forge } from "../../fixtures/forge.ts";
import { inMs, type TestAuthority, testAuthority } from "../../fixtures/identities.ts";
import { rawClient } from "../../fixtures/raw-client.ts";
import { serveEcho } from "../../fixtures/servers.ts";
import { createIdentity, createTokens, type IdentityFiles, tokenHeader } from "../index.ts";

const path = "/test.v1.EchoService/Unary";
let authority: TestAuthority;
let other: TestAuthority;
let gateway: IdentityFiles;
let orders: IdentityFiles;
beforeAll(async () => {
  [authority, other] = await Promise.all([testAuthority(), testAuthority()]);
  [gateway, orders] = await Promise.all([authority.files("gateway"), authority.files("orders")]);
});

/** The tokens that a service verifies. */
const ofService = () => createTokens(createIdentity(orders));

const forgeries: readonly (readonly [string, () => string | Promise<string>, string | RegExp])[] = [
  ["that is no token", () => "customer:ada", /Invalid Compact JWS/],
  ["that is empty", () => "", /Invalid Compact JWS/],
  [
    "without a signature",
    async () => {
      const [, claims] = (await forge(gateway)).split(".");
      return `${encodePart({ alg: "none", typ: "mesh-principal+jwt", x5c: decodePart((await forge(gateway)).split(".")[0]).x5c })}.${claims}.`;
    },
    /"alg"/,
  ],
  [
    "signed with the public certificate as a shared secret",
    async () => {
      const [header, claims] = (await forge(gateway)).split(".");
      const { x5c } = decodePart(header);
      const nowS = Math.floor(Date.now() / 1_000);
      return new SignJWT({ ...decodePart(claims), iat: nowS })
        .setProtectedHeader({ alg: "HS256", typ: "mesh-principal+jwt", x5c })
        .sign(new X509Certificate(Buffer.from(gateway.cert)).raw);
    },
    /"alg"/,
  ],
  [
    "signed with another key than that of its certificate",
    () => forge({ cert: gateway.cert, key: orders.key }),
    /signature/,
  ],
  [
    "whose claims were changed",
    async () => {
      const [header, claims, signature] = (await forge(gateway)).split(".");
      return [header, encodePart({ ...decodePart(claims), sub: "customer:eve" }), signature].join(".");
    },
    /signature/,
  ],
  ["of a service, for a customer", () => forge(orders), "orders may not speak for a customer"],
  ["of a service, for another service", () => forge(orders, { claims: { sub: "service:payments" } }), "orders may not"],
  ["of the gateway, for a service", () => forge(gateway, { claims: { sub: "service:orders" } }), "gateway may not"],
  [
    "of a service that says that it is the gateway",
    () => forge(orders, { claims: { iss: "spiffe://mesh.local/gateway" } }),
    "its issuer is not the one of its certificate",
  ],
  [
    "of a service that wrote itself a certificate",
    async () => {
      const { cert, key } = await issueCertificate(
        { cert: String(orders.cert), key: String(orders.key) },
        { names: ["gateway"], notAfter: inMs(60_000) },
      );
      return forge({ cert, key }, { chain: [cert, orders.cert] });
    },
    "the chain of certificates is broken",
  ],
  [
    "of another authority",
    async () => forge(await other.files("gateway")),
    "its certificate is of an unknown authority",
  ],
  [
    "of another trust domain",
    async () => forge(await authority.files("gateway", { trustDomain: "other.mesh" })),
    "its certificate has no name in mesh.local",
  ],
  ["for another audience", () => forge(gateway, { claims: { aud: "spiffe://other.mesh" } }), '"aud"'],
  ["without an audience", () => forge(gateway, { claims: { aud: undefined } }), '"aud"'],
  ["of another type", () => forge(gateway, { header: { typ: "JWT" } }), '"typ"'],
  ["that does not end", () => forge(gateway, { claims: { exp: undefined } }), '"exp"'],
  [
    "that lives for an hour",
    () => forge(gateway, { claims: { exp: Date.now() / 1_000 + 3_600 } }),
    "its life is too long",
  ],
  ["that has expired", () => forge(gateway, { claims: { iat: ago(80), exp: ago(20) } }), "it has expired"],
  ["that is from the future", () => forge(gateway, { claims: { iat: ago(-60), exp: ago(-120) } }), '"iat"'],
  [
    "of a certificate that has expired",
    async () => forge(await authority.files("gateway", { notBefore: inMs(-60_000), notAfter: inMs(-1_000) })),
    "its certificate had expired",
  ],
  ["without a subject", () => forge(gateway, { claims: { sub: undefined } }), '"sub"'],
  ["for root", () => forge(gateway, { claims: { sub: "root:everything" } }), "its subject is not a principal"],
  ["without a certificate", () => forge(gateway, { header: { x5c: undefined } }), "it has no chain of certificates"],
  ["with a certificate that is none", () => forge(gateway, { header: { x5c: ["AAAA"] } }), /./],
  ["with numbers for a certificate", () => forge(gateway, { header: { x5c: [1] } }), "it has no chain of certificates"],
];

function ago(seconds: number): number {
  return Math.floor(Date.now() / 1_000) - seconds;
}

test.each(forgeries)("a token %s is rejected", async (_, make, reason) => {
  const token = await make();
  const tokens = ofService();
  for (let attempt = 0; attempt < 2; attempt++) await expect(async () => tokens.verify(token)).rejects.toThrow(reason);
  const { log, lines } = capturedLog();
  const server = await serveEcho({}, { tokens, log });
  const { error } = await rawClient(server.address).unary(path, new Uint8Array(), { [tokenHeader]: token });
  expect(error).toMatchObject({
    code: 16,
    details: expect.stringMatching(/^the token of the call (has expired|is not valid)$/),
  });
  expect(lines).toMatchObject([
    { msg: "a token was rejected", caller: "unknown", reason: expect.stringMatching(reason) },
    {},
  ]);
  if (token !== "") expect(JSON.stringify(lines)).not.toContain(token.slice(-40));
});

test("a hundred rejected tokens are one line in the log", async () => {
  const { log, lines } = capturedLog("info");
  const server = await serveEcho({}, { tokens: ofService(), log });
  const client = rawClient(server.address);
  const token = await forge(orders);
  await Promise.all(Array.from({ length: 100 }, () => client.unary(path, new Uint8Array(), { [tokenHeader]: token })));
  expect(lines).toMatchObject([{ msg: "a token was rejected", reason: "orders may not speak for a customer" }]);
});
