import { createPrivateKey, X509Certificate } from "node:crypto";
import type { CertifiedKey } from "./authority.ts";

/** What a certificate must be like to be used further. */
export interface Usable {
  /** The least time until its end, in milliseconds. */
  readonly minLeftMs: number;
  /** The certificate of its authority. */
  readonly authority?: string;
  /** Its names in the mesh, in this order. */
  readonly names?: readonly string[];
}

/** Returns whether a certificate can be used further. One that is malformed can't. */
export function isUsable({ cert, key }: CertifiedKey, { minLeftMs, authority, names }: Usable): boolean {
  try {
    const certificate = new X509Certificate(cert);
    const leftMs = Date.parse(certificate.validTo) - Date.now();
    if (leftMs < minLeftMs || Date.parse(certificate.validFrom) > Date.now()) return false;
    if (!certificate.checkPrivateKey(createPrivateKey(key))) return false;
    if (authority && !certificate.verify(new X509Certificate(authority).publicKey)) return false;
    if (names === undefined) return true;
    return namesOf(certificate) === names.join() && names.every((name) => certificate.checkHost(name));
  } catch {
    return false;
  }
}

function namesOf({ subjectAltName = "" }: X509Certificate): string {
  return [...subjectAltName.matchAll(/URI:spiffe:\/\/[^/]+\/([^,]+)/g)].map(([, name]) => name).join();
}
