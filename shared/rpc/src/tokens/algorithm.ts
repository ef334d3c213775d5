import type { KeyObject } from "node:crypto";

/** The algorithms of signatures. No other one is accepted, such as `none` or one with a shared secret. */
export const algorithms = ["ES256", "ES384", "EdDSA", "PS256"] as const;

/** Returns the one algorithm that a key signs with. @throws Error if there is none */
export function algorithmOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): (typeof algorithms)[number] {
  const curve = asymmetricKeyDetails?.namedCurve;
  if (asymmetricKeyType === "ec" && curve === "prime256v1") return "ES256";
  if (asymmetricKeyType === "ec" && curve === "secp384r1") return "ES384";
  if (asymmetricKeyType === "ed25519") return "EdDSA";
  if (asymmetricKeyType === "rsa" && (asymmetricKeyDetails?.modulusLength ?? 0) >= 2048) return "PS256";
  throw new Error(
    `a key of the type ${asymmetricKeyType} ${curve ?? ""} can't sign tokens: use P-256, P-384, Ed25519 or RSA`,
  );
}
