import { createAuthority, issueCertificate } from "@mesh/dev/authority";
import {
  createEventSignatures,
  createIdentity,
  createTokens,
  type EventSignatures,
  type RotatingIdentity,
  type Tokens,
  type TokensOptions,
} from "@mesh/rpc";

/** No test takes longer. */
const lifetimeMs = 24 * 3_600_000;

const inADay = () => ({ notAfter: new Date(Date.now() + lifetimeMs) });

let authority: ReturnType<typeof createAuthority> | undefined;
const signatures = new Map<string, Promise<EventSignatures>>();
const tokens = new Map<string, Promise<Tokens>>();

/** Makes the identity of a process by its names. All of one test file have the same authority. */
export async function testIdentity(...names: readonly string[]): Promise<RotatingIdentity> {
  authority ??= createAuthority(inADay());
  const { cert: ca } = await authority;
  const { cert, key } = await issueCertificate(await authority, { names, ...inADay() });
  return createIdentity({ cert, key, ca });
}

/**
 * Returns the tokens of a process, for tests without TLS: `serve({ tokens: await testTokens("orders") })` accepts what
 * `connect(…, { tokens: await testTokens("gateway") })` sends.
 */
export function testTokens(name: string, options?: TokensOptions): Promise<Tokens> {
  const known = options ? undefined : tokens.get(name);
  const made = known ?? testIdentity(name).then((identity) => createTokens(identity, options));
  if (!options) tokens.set(name, made);
  return made;
}

/** Returns the signatures of a process, for tests that publish the events of other services. */
export function testSignatures(name: string): Promise<EventSignatures> {
  const made = signatures.get(name) ?? testIdentity(name).then(createEventSignatures);
  signatures.set(name, made);
  return made;
}
