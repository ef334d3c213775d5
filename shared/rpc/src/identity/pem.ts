import { X509Certificate } from "node:crypto";

/** A PEM file, or several in one. */
export type Pem = string | Uint8Array;

const certificate = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Returns the certificates in a PEM file. @throws Error if one is malformed, as in a file that is half written */
export function certificatesIn(pem: Pem): X509Certificate[] {
  const text = Buffer.from(pem).toString("latin1");
  const found = text.match(certificate) ?? [];
  if (found.length !== text.split("-----BEGIN CERTIFICATE-----").length - 1) {
    throw new Error("a certificate in the file has no end");
  }
  return found.map((one) => new X509Certificate(one));
}

/** Returns whether an earlier bundle has an authority that a later one lacks. */
export function lacksAuthority(later: Pem, earlier: Pem): boolean {
  const kept = new Set(certificatesIn(later).map(({ fingerprint256 }) => fingerprint256));
  return certificatesIn(earlier).some(({ fingerprint256 }) => !kept.has(fingerprint256));
}

/** The most certificates between one of a caller and its authority. */
const maxIntermediates = 10;

/** Returns whether an authority has issued a certificate, directly or through the ones that came with it. */
export function isIssuedBy(authorities: readonly X509Certificate[], certificate: X509Certificate | undefined): boolean {
  let one = certificate;
  for (let depth = 0; one && depth <= maxIntermediates; depth++) {
    if (authorities.some((authority) => hasIssued(authority, one))) return true;
    const issuer: X509Certificate | undefined = one.issuerCertificate;
    one = issuer && hasIssued(issuer, one) ? issuer : undefined;
  }
  return false;
}

function hasIssued(issuer: X509Certificate, issued: X509Certificate | undefined): boolean {
  return issuer.ca && issued?.checkIssued(issuer) === true && issued.verify(issuer.publicKey);
}
