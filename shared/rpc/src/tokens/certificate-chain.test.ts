import "reflect-metadata"; // The X.509 library needs it first.
import { KeyObject, X509Certificate as NodeCertificate, type webcrypto } from "node:crypto";
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from "@peculiar/x509";
import { beforeAll, expect, test } from "vitest";
import { inMs } from "../../fixtures/identities.ts";
import { createIdentity, createTokens } from "../index.ts";
import { proveKey } from "./certificate-chain.ts";

/** What Node generates keys by, and the library signs by. */
type Algorithm = webcrypto.EcKeyGenParams | webcrypto.RsaHashedKeyGenParams;

interface Party {
  readonly subject: string;
  readonly keys: webcrypto.CryptoKeyPair;
  readonly der: Uint8Array;
}

interface Options {
  readonly issuer?: Party;
  readonly extensions?: readonly Extension[];
  readonly algorithm?: Algorithm;
  readonly notAfter?: Date;
}

const p256 = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const signs = new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true);
const both = new KeyUsagesExtension(KeyUsageFlags.digitalSignature | KeyUsageFlags.keyCertSign, true);
const issues = new KeyUsagesExtension(KeyUsageFlags.keyCertSign, true);
const process = new BasicConstraintsExtension(false, undefined, true);
const issuer = (pathLength?: number) => new BasicConstraintsExtension(true, pathLength, true);
const name = new SubjectAlternativeNameExtension([{ type: "url", value: "spiffe://mesh.local/gateway" }]);
const all = [process, signs, name];

/** Makes a certificate; by default one that signs itself. */
async function make(subject: string, { issuer: by, extensions = [], algorithm = p256, notAfter }: Options = {}) {
  const keys = (await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"])) as webcrypto.CryptoKeyPair;
  const certificate = await X509CertificateGenerator.create({
    serialNumber: "01",
    subject: `CN=${subject}`,
    issuer: `CN=${by?.subject ?? subject}`,
    notBefore: inMs(-60_000),
    notAfter: notAfter ?? inMs(3_600_000),
    publicKey: keys.publicKey,
    signingKey: (by?.keys ?? keys).privateKey,
    signingAlgorithm: (by?.keys ?? keys).privateKey.algorithm.name === "ECDSA" ? p256 : algorithm,
    extensions: [...extensions],
  });
  return { subject, keys, der: new Uint8Array(certificate.rawData) };
}

let root: Party;
let middle: Party;
beforeAll(async () => {
  root = await make("root", { extensions: [issuer(1), issues] });
  middle = await make("middle", { issuer: root, extensions: [issuer(), issues] });
});

const prove = (chain: readonly Party[], authorities: readonly Party[] = [root]) =>
  proveKey(
    chain.map(({ der }) => der),
    {
      trustDomain: "mesh.local",
      idPaths: ["{name}"],
      authorities: authorities.map(({ der }) => new NodeCertificate(der)),
    },
  );

test("a certificate is proved by its authority, directly and by one between them", async () => {
  const direct = await make("a", { issuer: root, extensions: all });
  const indirect = await make("b", { issuer: middle, extensions: all, notAfter: inMs(60_000) });
  expect(prove([direct]).names).toEqual(["gateway"]);
  const { names, validToMs } = prove([indirect, middle]);
  expect([names, validToMs < inMs(61_000).getTime()]).toEqual([["gateway"], true]);
  expect(prove([indirect], [root, middle]).names, "an authority need not sign itself").toEqual(["gateway"]);
});

test("a chain ends when the first of its certificates does", async () => {
  const early = await make("early", { issuer: root, extensions: [issuer(), issues], notAfter: inMs(1_000) });
  const leaf = await make("a", { issuer: early, extensions: all });
  expect(prove([leaf, early]).validToMs).toBeLessThan(inMs(2_000).getTime());
});

const rejected: readonly (readonly [string, () => Promise<readonly Party[]>, string])[] = [
  ["without one between", async () => [await make("a", { issuer: middle, extensions: all })], "unknown authority"],
  ["in the wrong order", async () => [middle, await make("a", { issuer: middle, extensions: all })], "an authority"],
  [
    "by a process that may sign, and whose certificate says nothing of its use",
    async () => {
      const leaf = await make("a", { issuer: root, extensions: [name] });
      return [await make("b", { issuer: leaf, extensions: all }), leaf];
    },
    "issued by one that is not an authority",
  ],
  [
    "by an authority that may not issue certificates",
    async () => {
      const wrong = await make("wrong", { issuer: root, extensions: [issuer(), signs] });
      return [await make("a", { issuer: wrong, extensions: all }), wrong];
    },
    "the chain of certificates is broken",
  ],
  [
    "by one authority more than the first allows",
    async () => {
      const third = await make("third", { issuer: middle, extensions: [issuer(), issues] });
      return [await make("a", { issuer: third, extensions: all }), third, middle];
    },
    "longer than an authority allows",
  ],
  [
    "by an authority for other names",
    async () => {
      // permitted: DNS names of example.com
      const bytes = Buffer.from("3011a00f300d820b6578616d706c652e636f6d", "hex");
      const limited = await make("limited", {
        issuer: root,
        extensions: [issuer(), issues, new Extension("2.5.29.30", false, bytes)],
      });
      return [await make("a", { issuer: limited, extensions: all }), limited];
    },
    "an extension that is not understood",
  ],
  [
    "with a critical extension of another kind",
    async () => [
      await make("a", {
        issuer: root,
        extensions: [...all, new Extension("1.2.3.4", true, Buffer.from("0500", "hex"))],
      }),
    ],
    "an extension that is not understood",
  ],
  [
    "for e-mail",
    async () => {
      const mail = new ExtendedKeyUsageExtension([ExtendedKeyUsage.emailProtection]);
      return [await make("a", { issuer: root, extensions: [...all, mail] })];
    },
    "a certificate is not for this use",
  ],
  [
    "of an authority itself",
    async () => [await make("a", { issuer: root, extensions: [issuer(), both, name] })],
    "that of an authority",
  ],
  [
    "that may not sign",
    async () => [
      await make("a", { issuer: root, extensions: [name, new KeyUsagesExtension(KeyUsageFlags.keyEncipherment)] }),
    ],
    "not for signatures",
  ],
  ["that signs itself", async () => [await make("a", { extensions: all })], "unknown authority"],
  [
    "by another authority of the same name",
    async () => [await make("a", { issuer: await make("root", { extensions: [issuer(), issues] }), extensions: all })],
    "unknown authority",
  ],
  ["that is none", async () => [], "too long or empty"],
];

test.each(rejected)("a certificate %s is rejected", async (_, chain, reason) => {
  const parties = await chain();
  expect(() => prove(parties)).toThrow(reason);
});

const pem = (der: Uint8Array) =>
  `-----BEGIN CERTIFICATE-----\n${Buffer.from(der).toString("base64")}\n-----END CERTIFICATE-----\n`;

test.each([
  { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" },
  { name: "ECDSA", namedCurve: "P-384", hash: "SHA-256" },
  { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256", modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) },
])("a key of $name $namedCurve signs tokens", async (algorithm) => {
  const { keys, der } = await make("a", { issuer: middle, extensions: all, algorithm });
  const key = KeyObject.from(keys.privateKey).export({ type: "pkcs8", format: "pem" }).toString();
  const identity = createIdentity({ cert: pem(der) + pem(middle.der), key, ca: pem(root.der) });
  const token = await createTokens(identity).issue({ kind: "customer", id: "ada" }, Date.now());
  expect(await createTokens(identity).verify(token)).toEqual({ kind: "customer", id: "ada" });
});
