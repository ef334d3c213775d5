import { generateKeyPairSync, type JsonWebKey } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** The private key that signs tokens, as a JWK. */
export type SigningKey = JsonWebKey & { readonly kid: string; readonly use: string; readonly alg: string };

/** Returns the key of an issuer. Creates it once, so that tokens are valid after a restart. */
export async function keptKey(folder: string): Promise<SigningKey> {
  const file = join(folder, "key.json");
  const kept = await readFile(file, "utf8").catch(() => undefined);
  if (kept) return JSON.parse(kept) as SigningKey; // It is what this function wrote.
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2_048 });
  const key = { ...privateKey.export({ format: "jwk" }), kid: "development", use: "sig", alg: "RS256" };
  await writeFile(file, JSON.stringify(key), { mode: 0o600 });
  return key;
}
