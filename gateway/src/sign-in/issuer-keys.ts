import { createRemoteJWKSet, customFetch, type FetchImplementation, type JWTVerifyGetKey } from "jose";

/** How long keys are used before they are loaded again. */
const freshMs = 600_000;

/** How long keys are used after that while the issuer does not respond. */
const staleMs = 3_600_000;

/** The pause before keys are loaded again for a token whose key is unknown: anyone can send one. */
const cooldownMs = 30_000;

const timeoutMs = 5_000;

/**
 * Loads the public keys of an issuer (JWKS, RFC 7517), and keeps them: for ten minutes, and for one more hour if it does not
 * respond then.
 */
export function issuerKeys(url: URL): JWTVerifyGetKey {
  let kept: { readonly text: string; readonly at: number } | undefined;

  const load: FetchImplementation = async (address, options) => {
    try {
      kept = { text: await textAt(address, options), at: Date.now() };
    } catch (error) {
      if (!kept || Date.now() >= kept.at + staleMs) throw error;
    }
    return new Response(kept.text, { headers: { "content-type": "application/json" } });
  };

  return createRemoteJWKSet(url, {
    cacheMaxAge: freshMs,
    cooldownDuration: cooldownMs,
    timeoutDuration: timeoutMs,
    [customFetch]: load,
  });
}

/** @throws Error if the issuer does not respond with keys */
async function textAt(...[address, options]: Parameters<FetchImplementation>): Promise<string> {
  const response = await fetch(address, options);
  const text = await response.text();
  if (response.status !== 200) throw new Error(`the issuer responds with status ${response.status}`);
  const { keys } = JSON.parse(text) as { keys?: unknown };
  if (!Array.isArray(keys)) throw new Error("the issuer responds without keys");
  return text;
}
