import { formatPrincipal, type Principal, parsePrincipal } from "@mesh/contracts";
import type { CertifiedNow } from "../identity/certified.ts";
import { rememberToken, tokenOf } from "./received-token.ts";
import { Recent } from "./recent.ts";
import { Signer } from "./signer.ts";
import { leewayS, UntrustedError, type Verified, Verifier } from "./verifier.ts";

/** The tokens by which the calls of a process prove for whom they are made. */
export interface Tokens {
  /**
   * Returns a token for a principal: the one by which it was proved in the call that is being handled, unchanged, or one that
   * this process signs and uses for about a minute.
   *
   * @param untilMs the deadline of the call, which the token outlives, in milliseconds since the epoch
   */
  issue(principal: Principal, untilMs: number): string | Promise<string>;
  /**
   * Returns the principal of a token. One that was verified before costs one look into a map.
   *
   * @throws UntrustedError (or rejects with it) if it is not valid, has expired, or its issuer may not speak for the principal
   */
  verify(token: string): Principal | Promise<Principal>;
}

/** Options of tokens. */
export interface TokensOptions {
  /** The names of the processes that may speak for customers. Default: `gateway`. */
  readonly issuers?: readonly string[];
}

/** The type of a token, in its header. */
const tokenType = "mesh-principal+jwt";

/** The process that identifies customers. */
const defaultIssuers = ["gateway"];

/** The life of a token of our own, which many calls share, in milliseconds. */
const lifetimeMs = 60_000;

/** A token lives as long as the call that it is made for. The longest are streams, with 10 min. */
const maxLifetimeS = 20 * 60;

/** The most tokens that are kept of each kind, about 10 MiB. */
const maxTokens = 4_096;

/**
 * Makes the tokens of a process, signed with the key of its certificate.
 *
 * @example
 * ```ts
 * import { createAuthority, issueCertificate } from "@mesh/dev/authority";
 * import { createIdentity, createTokens } from "@mesh/rpc";
 *
 * const notAfter = new Date(Date.now() + 60_000);
 * const authority = await createAuthority({ notAfter });
 * const tokensOf = async (name: string) => {
 *   const { cert, key } = await issueCertificate(authority, { names: [name], notAfter });
 *   return createTokens(createIdentity({ cert, key, ca: authority.cert }));
 * };
 * const [gateway, orders] = [await tokensOf("gateway"), await tokensOf("orders")];
 *
 * const token = await gateway.issue({ kind: "customer", id: "ada" }, Date.now() + 5_000);
 * await orders.verify(token); // { kind: "customer", id: "ada" }
 * ```
 */
export function createTokens(identity: CertifiedNow, { issuers = defaultIssuers }: TokensOptions = {}): Tokens {
  return new IdentityTokens(identity, issuers);
}

/** A token that this process signed. */
interface Issued {
  readonly token: string;
  readonly expiresMs: number;
}

class IdentityTokens implements Tokens {
  readonly #identity: CertifiedNow;
  readonly #issuers: readonly string[];
  readonly #signer: Signer;
  readonly #verifier: Verifier;
  readonly #issued = new Recent<Issued>(maxTokens);
  readonly #verified = new Recent<Principal>(maxTokens);
  readonly #verifying = new Map<string, Promise<Principal>>();

  constructor(identity: CertifiedNow, issuers: readonly string[]) {
    this.#identity = identity;
    this.#issuers = issuers;
    this.#signer = new Signer(identity);
    this.#verifier = new Verifier(identity);
    // Neither the old key nor what it has proved may outlive the authority that vouched for it.
    identity.onRotate(() => {
      this.#issued.clear();
      this.#verified.clear();
    });
  }

  issue(principal: Principal, untilMs: number): string {
    const received = tokenOf(principal);
    if (received) return received.text;
    const now = Date.now();
    // Only calls with long deadlines, such as streams, get long-lived tokens.
    const isLong = untilMs > now + lifetimeMs;
    const subject = `${isLong} ${scopeText(principal.scopes)} ${formatPrincipal(principal)}`;
    const known = this.#issued.get(subject);
    if (known && known.expiresMs >= untilMs) return known.token;
    const expiresMs = (isLong ? untilMs : now) + lifetimeMs;
    const token = this.#sign(principal, expiresMs);
    this.#issued.set(subject, { expiresMs, token }, expiresMs);
    return token;
  }

  verify(token: string): Principal | Promise<Principal> {
    return this.#verified.get(token) ?? this.#verifyOnce(token);
  }

  #sign(principal: Principal, untilMs: number): string {
    const { names } = this.#identity.current;
    const isOwn = principal.kind === "service" && names.includes(principal.id);
    return this.#signer.sign({
      type: tokenType,
      issuer: isOwn ? principal.id : (names.find((name) => this.#issuers.includes(name)) ?? names[0] ?? ""),
      issuedAtS: Math.floor(Date.now() / 1_000),
      claims: {
        sub: formatPrincipal(principal),
        ...(principal.scopes && { scope: scopeText(principal.scopes) }),
        exp: Math.ceil(untilMs / 1_000),
      },
    });
  }

  /** Verifies a token once, however many calls have it at the same time. */
  #verifyOnce(token: string): Promise<Principal> {
    const running = this.#verifying.get(token);
    if (running) return running;
    const started = this.#verifyAnew(token).finally(() => this.#verifying.delete(token));
    this.#verifying.set(token, started);
    return started;
  }

  async #verifyAnew(token: string): Promise<Principal> {
    const { current } = this.#identity;
    const options = { requiredClaims: ["iss", "iat", "exp", "sub"], maxTokenAge: maxLifetimeS };
    const { claims, issuer, key } = await this.#verifier.verify(token, tokenType, options);
    const { sub, scope, exp = 0, iat } = claims;
    if (exp - iat > maxLifetimeS) throw new UntrustedError("its life is too long");
    const untilMs = Math.min((exp + leewayS) * 1_000, key.validToMs);
    if (untilMs <= Date.now()) throw new UntrustedError("its certificate has expired", { hasExpired: true });
    const subject = parsePrincipal(sub);
    if (!subject) throw new UntrustedError("its subject is not a principal");
    this.#checkIssuer(subject, issuer, key);
    const principal = typeof scope === "string" ? { ...subject, scopes: scopesIn(scope) } : subject;
    rememberToken(principal, { text: token, issuer, untilMs });
    if (this.#identity.current === current) this.#verified.set(token, principal, untilMs);
    return principal;
  }

  /** A process may speak for itself. Only some may speak for customers. */
  #checkIssuer({ kind, id }: Principal, issuer: string, { names }: Pick<Verified["key"], "names">): void {
    const isAllowed = kind === "customer" ? this.#issuers.includes(issuer) : names.includes(id);
    if (!isAllowed) throw new UntrustedError(`${issuer} may not speak for a ${kind}`);
  }
}

const scopeTexts = new WeakMap<ReadonlySet<string>, string>();

/** Returns scopes as the claim `scope`: separated by spaces. Source: RFC 8693, section 4.2 */
function scopeText(scopes: ReadonlySet<string> | undefined): string {
  if (!scopes) return "";
  // The users of a gateway share few sets.
  const text = scopeTexts.get(scopes) ?? [...scopes].join(" ");
  scopeTexts.set(scopes, text);
  return text;
}

function scopesIn(claim: string): ReadonlySet<string> {
  return new Set(claim.split(" ").filter((scope) => scope !== ""));
}
