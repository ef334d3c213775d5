import "reflect-metadata"; // The X.509 library needs it first.
import { createPrivateKey, KeyObject, randomBytes, webcrypto } from "node:crypto";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from "@peculiar/x509";

/** A certificate and its private key, as PEM. */
export interface CertifiedKey {
  readonly cert: string;
  readonly key: string;
}

/** The start and the end of a certificate. */
export interface Validity {
  /** Default: five minutes ago, because clocks differ. */
  readonly notBefore?: Date;
  readonly notAfter: Date;
}

/** The content of a certificate of a process. */
export interface CertificateRequest extends Validity {
  /** The names of the process in the mesh: `orders`. They become ids such as `spiffe://mesh.local/orders`. */
  readonly names: readonly string[];
  /** Default: `mesh.local`. */
  readonly trustDomain?: string;
}

/** The trust domain of certificates that name no other one. */
export const defaultTrustDomain = "mesh.local";

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const skewMs = 5 * 60_000;

/**
 * Makes a certificate authority.
 *
 * @example
 * ```ts
 * import { createAuthority, issueCertificate } from "@mesh/dev/authority";
 *
 * const notAfter = new Date(Date.now() + 60_000);
 * const authority = await createAuthority({ notAfter });
 * const { cert, key } = await issueCertificate(authority, { names: ["orders"], notAfter });
 * ```
 */
export async function createAuthority({ notBefore = defaultStart(), notAfter }: Validity): Promise<CertifiedKey> {
  const keys = await newKeys();
  const cert = await X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    // The name differs from that of any other authority, so that a bundle of two is not confused.
    name: `CN=Mesh ${randomBytes(4).toString("hex")}`,
    notBefore,
    notAfter,
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { cert: pemOf(cert), key: pemOfKey(keys.privateKey) };
}

/**
 * Makes a key, and a certificate for it that is valid on this machine too (`localhost`), for tools that check host names.
 *
 * @example
 * ```ts
 * import { createAuthority, issueCertificate } from "@mesh/dev/authority";
 *
 * const notAfter = new Date(Date.now() + 60_000);
 * const authority = await createAuthority({ notAfter });
 * const { cert } = await issueCertificate(authority, { names: ["orders"], notAfter }); // spiffe://mesh.local/orders
 * ```
 */
export async function issueCertificate(authority: CertifiedKey, request: CertificateRequest): Promise<CertifiedKey> {
  const { names, trustDomain = defaultTrustDomain, notBefore = defaultStart(), notAfter } = request;
  const keys = await newKeys();
  const issuer = new X509Certificate(authority.cert);
  const cert = await X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: `CN=${names[0] ?? ""}`,
    issuer: issuer.subject,
    notBefore,
    notAfter,
    publicKey: keys.publicKey,
    signingKey: await importKey(authority.key),
    signingAlgorithm: algorithm,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth]),
      alternativeNames(names, trustDomain),
      await AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    ],
  });
  return { cert: pemOf(cert), key: pemOfKey(keys.privateKey) };
}

/** The names are those of hosts, too, because clients of gRPC in C++, Python or Ruby compare nothing else. */
function alternativeNames(names: readonly string[], trustDomain: string): Extension {
  const urls = names.map((name) => ({ type: "url", value: `spiffe://${trustDomain}/${name}` }) as const);
  const hosts = names.map((value) => ({ type: "dns", value }) as const);
  return new SubjectAlternativeNameExtension([
    ...urls,
    ...hosts,
    { type: "dns", value: "localhost" },
    { type: "ip", value: "127.0.0.1" },
    { type: "ip", value: "::1" },
  ]);
}

function defaultStart(): Date {
  return new Date(Date.now() - skewMs);
}

/** A positive number of 127 bits, as RFC 5280 wants it. */
function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString("hex");
}

async function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
}

async function importKey(pem: string): Promise<webcrypto.CryptoKey> {
  const bytes = createPrivateKey(pem).export({ type: "pkcs8", format: "der" });
  return webcrypto.subtle.importKey("pkcs8", bytes, algorithm, false, ["sign"]);
}

function pemOfKey(key: webcrypto.CryptoKey): string {
  return KeyObject.from(key).export({ type: "pkcs8", format: "pem" }).toString();
}

function pemOf(cert: X509Certificate): string {
  return `${cert.toString("pem")}\n`;
}
