import { createPrivateKey, type KeyObject } from "node:crypto";
import { SignJWT } from "jose";
import type { Certified, CertifiedNow } from "../identity/certified.ts";
import { certificatesIn } from "../identity/pem.ts";
import { idOf } from "../identity/spiffe.ts";
import { algorithmOf } from "./algorithm.ts";

/** What a process signs with. */
interface SigningKey {
  readonly certified: Certified;
  readonly key: KeyObject;
  readonly algorithm: string;
  /** The certificate and those between it and the authority, as base64 of DER. */
  readonly chain: readonly string[];
}

/** What is signed. */
export interface Statement {
  /** The type of the token, so that one for one purpose is none for another. */
  readonly type: string;
  /** The name of the process, one of those of its certificate, that says it. */
  readonly issuer: string;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly issuedAtS: number;
}

/** Signs with the key of the certificate of a process, which goes with each signature. */
export class Signer {
  readonly #identity: CertifiedNow;
  #current: SigningKey | undefined;

  constructor(identity: CertifiedNow) {
    this.#identity = identity;
  }

  /** Returns a JWT in the compact form. */
  sign({ type, issuer, claims, issuedAtS }: Statement): Promise<string> {
    const { certified, key, algorithm, chain } = this.#keyNow();
    const { trustDomain, ids } = certified;
    const id = ids.find(({ name }) => name === issuer)?.uri ?? idOf(certified, issuer);
    return new SignJWT({ ...claims })
      .setProtectedHeader({ alg: algorithm, typ: type, x5c: [...chain] })
      .setIssuer(id)
      .setAudience(audienceOf(trustDomain))
      .setIssuedAt(issuedAtS)
      .sign(key);
  }

  #keyNow(): SigningKey {
    const { current: certified } = this.#identity;
    if (this.#current?.certified !== certified) {
      const key = createPrivateKey(Buffer.from(certified.files.key));
      const certificates = certificatesIn(certified.files.cert);
      // Those who verify have the authority.
      const chain = certificates.filter((one, at) => at === 0 || !one.checkIssued(one));
      this.#current = {
        certified,
        key,
        algorithm: algorithmOf(key),
        chain: chain.map(({ raw }) => raw.toString("base64")),
      };
    }
    return this.#current;
  }
}

/** Returns the audience of everything that is signed in a mesh: `spiffe://mesh.local`. */
export function audienceOf(trustDomain: string): string {
  return `spiffe://${trustDomain}`;
}
