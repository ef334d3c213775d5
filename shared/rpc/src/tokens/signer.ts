import { constants, createPrivateKey, type KeyObject, type SigningOptions, sign } from "node:crypto";
import type { Certified, CertifiedNow } from "../identity/certified.ts";
import { certificatesIn } from "../identity/pem.ts";
import { idOf } from "../identity/spiffe.ts";
import { algorithmOf, type algorithms } from "./algorithm.ts";

/** The hashes of the algorithms. Source: RFC 7518, 3.1, and RFC 8037, 3.1 */
const hashes = { ES256: "sha256", ES384: "sha384", PS256: "sha256", EdDSA: null } as const;

/** The form of the signatures, and of those by RSA. Source: RFC 7518, 3.4 and 3.5 */
const form: SigningOptions = {
  dsaEncoding: "ieee-p1363",
  padding: constants.RSA_PKCS1_PSS_PADDING,
  saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
};

/** What a process signs with. */
interface SigningKey {
  readonly certified: Certified;
  readonly key: KeyObject;
  readonly algorithm: (typeof algorithms)[number];
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

  /**
   * Returns a JWT in the compact form. It is signed on the main thread: with the usual keys, to hand it to another one and back, as
   * `jose` does, takes longer than to sign.
   */
  sign({ type, issuer, claims, issuedAtS }: Statement): string {
    const { certified, key, algorithm, chain } = this.#keyNow();
    const { trustDomain, ids } = certified;
    const id = ids.find(({ name }) => name === issuer)?.uri ?? idOf(certified, issuer);
    const header = { alg: algorithm, typ: type, x5c: chain };
    const payload = { ...claims, iss: id, aud: audienceOf(trustDomain), iat: issuedAtS };
    const text = `${encode(header)}.${encode(payload)}`;
    return `${text}.${sign(hashes[algorithm], Buffer.from(text), { key, ...form }).toString("base64url")}`;
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

function encode(part: unknown): string {
  return Buffer.from(JSON.stringify(part)).toString("base64url");
}

/** Returns the audience of everything that is signed in a mesh: `spiffe://mesh.local`. */
export function audienceOf(trustDomain: string): string {
  return `spiffe://${trustDomain}`;
}
