import { type KeyObject, X509Certificate } from "node:crypto";
import { type IdForm, namesIn } from "../identity/spiffe.ts";
import { elementsIn, extensionsIn } from "./der.ts";

/** The key of a process whose certificate is of an authority of the mesh. */
export interface ProvenKey {
  readonly publicKey: KeyObject;
  /** The names of the process in the mesh. */
  readonly names: readonly string[];
  /** When all certificates up to the authority are valid, in milliseconds since the epoch. */
  readonly validFromMs: number;
  readonly validToMs: number;
}

/** The mesh that a certificate must be of. */
export interface Trust extends IdForm {
  readonly authorities: readonly X509Certificate[];
}

/** The most certificates in a chain, without the authority. */
export const maxChain = 4;

/** The extensions that are understood, by their ids as hexadecimal bytes. Node reads the alternative names and the purposes. */
const oids = {
  keyUsage: "551d0f",
  alternativeNames: "551d11",
  basicConstraints: "551d13",
  nameConstraints: "551d1e",
  policies: "551d20",
  purposes: "551d25",
} as const;
const understood: ReadonlySet<string> = new Set([
  oids.keyUsage,
  oids.alternativeNames,
  oids.basicConstraints,
  oids.policies,
  oids.purposes,
]);

/** Bits of the first byte of the key usage. Source: RFC 5280, 4.2.1.3 */
const usages = { digitalSignature: 0x80, keyCertSign: 0x04 } as const;

/** The purposes of certificates for TLS: server, client, any. Those of a process have one of them, or no purposes at all. */
const tlsPurposes = ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2", "2.5.29.37.0"];

/**
 * Returns the key of a certificate whose chain leads to an authority. Does not look at the clock: the caller compares the
 * validity with the time that matters.
 *
 * Node verifies chains only in TLS handshakes, so this does what OpenSSL does there: signatures, names of issuers,
 * authority flags, key usages, path lengths. A certificate with another critical extension, or with constraints of names, is
 * rejected.
 *
 * @param chain the certificate, followed by those between it and the authority, as DER
 * @throws Error with the reason if it is not trusted
 */
export function proveKey(chain: readonly Uint8Array[], { authorities, ...mesh }: Trust): ProvenKey {
  if (chain.length === 0 || chain.length > maxChain) throw new Error("the chain of certificates is too long or empty");
  const certificates = chain.map((der) => new X509Certificate(der));
  const [leaf] = certificates;
  const last = certificates.at(-1);
  if (!leaf || !last) throw new Error("there is no certificate");
  checkLeaf(leaf);
  for (const [at, issuer] of certificates.slice(1).entries()) {
    const subject = certificates[at];
    if (!subject || !isIssuedBy(subject, issuer)) throw new Error("the chain of certificates is broken");
    checkIssuer(issuer, at);
  }
  // Several, if an authority was renewed with the same key.
  const vouching = authorities.filter((one) => isIssuedBy(last, one));
  if (vouching.length === 0) throw new Error("its certificate is of an unknown authority");
  for (const authority of vouching) checkIssuer(authority, certificates.length - 1);
  const names = namesIn(mesh, leaf.subjectAltName);
  if (names.length === 0) throw new Error(`its certificate has no name in ${mesh.trustDomain}`);
  return {
    publicKey: leaf.publicKey,
    names,
    validFromMs: Math.max(...certificates.map(fromMs), Math.min(...vouching.map(fromMs))),
    validToMs: Math.min(...certificates.map(toMs), Math.max(...vouching.map(toMs))),
  };
}

const fromMs = ({ validFrom }: X509Certificate) => Date.parse(validFrom);
const toMs = ({ validTo }: X509Certificate) => Date.parse(validTo);

function isIssuedBy(subject: X509Certificate, issuer: X509Certificate): boolean {
  return subject.checkIssued(issuer) && subject.verify(issuer.publicKey);
}

function checkLeaf(leaf: X509Certificate): void {
  if (leaf.ca) throw new Error("its certificate is that of an authority");
  const extensions = checkedExtensions(leaf);
  if (!mayBeUsed(extensions.get(oids.keyUsage), usages.digitalSignature)) {
    throw new Error("its certificate is not for signatures");
  }
  checkPurposes(leaf);
}

/** @param below how many certificates of issuers are between it and that of the process */
function checkIssuer(issuer: X509Certificate, below: number): void {
  const extensions = checkedExtensions(issuer);
  if (!issuer.ca || !mayBeUsed(extensions.get(oids.keyUsage), usages.keyCertSign)) {
    throw new Error("a certificate was issued by one that is not an authority");
  }
  const most = pathLength(extensions.get(oids.basicConstraints));
  if (below > most) throw new Error("the chain of certificates is longer than an authority allows");
  checkPurposes(issuer);
}

function checkPurposes({ keyUsage: purposes }: X509Certificate): void {
  // Node names the extended key usage so. Without one, all purposes are allowed.
  if (!purposes || purposes.length === 0 || purposes.some((purpose) => tlsPurposes.includes(purpose))) return;
  throw new Error("a certificate is not for this use");
}

function checkedExtensions({ raw }: X509Certificate): ReadonlyMap<string, Uint8Array> {
  const extensions = extensionsIn(raw);
  for (const { oid, isCritical } of extensions) {
    const isRejected = oid === oids.nameConstraints || (isCritical && !understood.has(oid));
    if (isRejected) throw new Error("a certificate has an extension that is not understood");
  }
  return new Map(extensions.map(({ oid, value }) => [oid, value]));
}

/** Returns whether a key usage, a bit string, allows a use. Without one, all uses are allowed. */
function mayBeUsed(value: Uint8Array | undefined, usage: number): boolean {
  if (!value) return true;
  const [bits] = elementsIn(value);
  return ((bits?.content[1] ?? 0) & usage) !== 0;
}

/** Returns how many issuers may follow an authority: `SEQUENCE { cA BOOLEAN, pathLenConstraint INTEGER OPTIONAL }`. */
function pathLength(value: Uint8Array | undefined): number {
  const [constraints] = value ? elementsIn(value) : [];
  const length = elementsIn(constraints?.content ?? new Uint8Array()).find(({ tag }) => tag === 0x02);
  if (!length) return Number.POSITIVE_INFINITY;
  return length.content.reduce((total, byte) => total * 256 + byte, 0);
}
