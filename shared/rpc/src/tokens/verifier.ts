import type { X509Certificate } from "node:crypto";
import { errors, type JWTPayload, type JWTVerifyOptions, jwtVerify, type ProtectedHeaderParameters } from "jose";
import type { Certified, CertifiedNow } from "../identity/certified.ts";
import { certificatesIn } from "../identity/pem.ts";
import { namesIn } from "../identity/spiffe.ts";
import { algorithmOf, algorithms } from "./algorithm.ts";
import { maxChain, type ProvenKey, proveKey } from "./certificate-chain.ts";
import { Recent } from "./recent.ts";
import { audienceOf } from "./signer.ts";

/** What was signed, by a process of the mesh. */
export interface Verified {
  readonly claims: JWTPayload & { readonly iat: number };
  /** The name of the process that signed it. */
  readonly issuer: string;
  readonly key: ProvenKey;
}

interface UntrustedErrorOptions {
  readonly hasExpired?: boolean;
  readonly isEarly?: boolean;
  readonly cause?: unknown;
}

/**
 * Why something that is signed is not accepted. The reason is for the log: it has nothing of the token.
 *
 * @example
 * ```ts
 * import { UntrustedError } from "@mesh/rpc";
 *
 * const isTemporary = (error: unknown) => error instanceof UntrustedError && error.isEarly;
 * isTemporary(new Error("another one")); // false
 * ```
 */
export class UntrustedError extends Error {
  override readonly name = "UntrustedError";
  /** Whether it was accepted before. */
  readonly hasExpired: boolean;
  /** Whether it will be accepted later: the clock of the other process is ahead. */
  readonly isEarly: boolean;

  constructor(reason: string, { hasExpired = false, isEarly = false, cause }: UntrustedErrorOptions = {}) {
    super(reason, { cause });
    this.hasExpired = hasExpired;
    this.isEarly = isEarly;
  }
}

/** The most that the clocks of two processes may differ, in seconds. */
export const leewayS = 15;

/** Chains of certificates whose proof is kept. A mesh has as many as processes. */
const maxKeys = 1_000;

/** Verifies what processes of the mesh have signed: the chain of the certificate to an authority, and the signature. */
export class Verifier {
  readonly #identity: CertifiedNow;
  readonly #acceptsRetired: boolean;
  readonly #keys = new Recent<ProvenKey>(maxKeys);
  #trusted: Certified | undefined;
  #authorities: readonly X509Certificate[] = [];

  /** @param options.acceptsRetired whether authorities that are retired count; default: no */
  constructor(identity: CertifiedNow, { acceptsRetired = false } = {}) {
    this.#identity = identity;
    this.#acceptsRetired = acceptsRetired;
  }

  /**
   * Verifies a JWT in the compact form, but not that its time has not passed unless `options` say so.
   *
   * @param type the type that it must have
   * @throws UntrustedError if it is not valid
   */
  async verify(token: string, type: string, options: JWTVerifyOptions = {}): Promise<Verified> {
    const { current } = this.#identity;
    let key: ProvenKey | undefined;
    const keyOf = (header: ProtectedHeaderParameters) => {
      key = this.#keyOf(header);
      return key.publicKey;
    };
    try {
      const { payload } = await jwtVerify(token, keyOf, {
        algorithms: [...algorithms],
        typ: type,
        audience: audienceOf(current.trustDomain),
        requiredClaims: ["iss", "iat"],
        clockTolerance: leewayS,
        ...options,
      });
      const { iss, iat = 0 } = payload;
      const [issuer] = namesIn(current, `URI:${iss}`);
      if (!key || issuer === undefined || !key.names.includes(issuer))
        throw new UntrustedError("its issuer is not the one of its certificate");
      checkTime(key, iat);
      return { claims: { ...payload, iat }, issuer, key };
    } catch (error) {
      throw untrusted(error);
    }
  }

  #keyOf({ alg, x5c }: ProtectedHeaderParameters): ProvenKey {
    if (!isChain(x5c)) throw new UntrustedError("it has no chain of certificates");
    // The certificate of the process last, since that of an authority is the same for many.
    const text = x5c.toReversed().join();
    const key = this.#known().get(text) ?? this.#prove(x5c, text);
    // The public key of a certificate is of one algorithm, so no other one can be asked of it.
    if (alg !== algorithmOf(key.publicKey)) throw new UntrustedError("its algorithm is not that of its certificate");
    return key;
  }

  #prove(chain: readonly string[], text: string): ProvenKey {
    const { trustDomain, idPaths } = this.#identity.current;
    const ders = chain.map((one) => Buffer.from(one, "base64"));
    const key = proveKey(ders, { trustDomain, idPaths, authorities: this.#authorities });
    this.#keys.set(text, key, key.validToMs);
    return key;
  }

  /** Returns what was proved with the authorities of now. */
  #known(): Recent<ProvenKey> {
    const { current } = this.#identity;
    if (this.#trusted !== current) {
      const { ca, retired } = current.files;
      this.#authorities = [...certificatesIn(ca), ...(this.#acceptsRetired && retired ? certificatesIn(retired) : [])];
      this.#keys.clear();
      this.#trusted = current;
    }
    return this.#keys;
  }
}

/** A certificate must have been valid when it signed. @throws UntrustedError */
function checkTime({ validFromMs, validToMs }: ProvenKey, issuedAtS: number): void {
  if ((issuedAtS - leewayS) * 1_000 > Date.now()) {
    throw new UntrustedError("it was issued in the future", { isEarly: true });
  }
  if (issuedAtS * 1_000 < validFromMs - leewayS * 1_000) throw new UntrustedError("its certificate was not valid yet");
  if (issuedAtS * 1_000 > validToMs) throw new UntrustedError("its certificate had expired");
}

function isChain(x5c: unknown): x5c is string[] {
  return Array.isArray(x5c) && x5c.length > 0 && x5c.length <= maxChain && x5c.every((one) => typeof one === "string");
}

function untrusted(error: unknown): UntrustedError {
  if (error instanceof UntrustedError) return error;
  if (error instanceof errors.JWTExpired)
    return new UntrustedError("it has expired", { hasExpired: true, cause: error });
  // The messages of jose name claims and headers, but not their values.
  return new UntrustedError(error instanceof Error ? error.message : "unknown", { cause: error });
}
