import { createHash } from "node:crypto";
import { formatPrincipal, type Principal, parsePrincipal } from "@mesh/contracts";
import type { CertifiedNow } from "../identity/certified.ts";
import { keepFromCalls } from "./received-token.ts";
import { Signer } from "./signer.ts";
import { UntrustedError, Verifier } from "./verifier.ts";

/** What the signature of an event covers. */
export interface SignedEvent {
  /** The id of the event, the same however often it is sent. */
  readonly id: string;
  readonly subject: string;
  /** The name of the service that owns the event: `orders`. */
  readonly service: string;
  readonly payload: Uint8Array;
}

/** The signatures by which events prove who published them, and for whom. */
export interface EventSignatures {
  /** Signs an event with the key of this process. */
  sign(event: SignedEvent, principal: Principal | undefined): Promise<string>;
  /**
   * Returns the principal on behalf of which an event was published. It does not matter how long ago that was: the certificate
   * must have been valid then, of an authority that is trusted now or retired.
   *
   * @throws UntrustedError if the signature is not valid, is of another event, or is not of the service that owns the event
   */
  verify(signature: string, event: SignedEvent): Promise<Principal | undefined>;
}

const signatureType = "mesh-event+jwt";

/**
 * Makes the signatures of a process, with the key of its certificate.
 *
 * @example
 * ```ts
 * import { createAuthority, issueCertificate } from "@mesh/dev/authority";
 * import { createEventSignatures, createIdentity } from "@mesh/rpc";
 *
 * const notAfter = new Date(Date.now() + 60_000);
 * const authority = await createAuthority({ notAfter });
 * const { cert, key } = await issueCertificate(authority, { names: ["orders"], notAfter });
 * const signatures = createEventSignatures(createIdentity({ cert, key, ca: authority.cert }));
 *
 * const event = { id: "1", subject: "orders.v1.order_placed", service: "orders", payload: new Uint8Array([1]) };
 * const signature = await signatures.sign(event, { kind: "customer", id: "ada" });
 * await signatures.verify(signature, event); // { kind: "customer", id: "ada" }
 * ```
 */
export function createEventSignatures(identity: CertifiedNow): EventSignatures {
  const signer = new Signer(identity);
  const verifier = new Verifier(identity, { acceptsRetired: true });
  return {
    async sign(event, principal) {
      const { names } = identity.current;
      return signer.sign({
        type: signatureType,
        issuer: names.includes(event.service) ? event.service : (names[0] ?? ""),
        issuedAtS: Math.floor(Date.now() / 1_000),
        claims: { ...claimsOf(event), ...(principal && { sub: formatPrincipal(principal) }) },
      });
    },
    async verify(signature, event) {
      const { claims, issuer } = await verifier.verify(signature, signatureType);
      const expected = claimsOf(event);
      if (claims.jti !== expected.jti || claims.event !== expected.event || claims.hash !== expected.hash) {
        throw new UntrustedError("it is of another event");
      }
      if (issuer !== event.service) throw new UntrustedError(`${issuer} may not publish events of ${event.service}`);
      if (claims.sub === undefined) return undefined;
      const principal = parsePrincipal(claims.sub);
      if (!principal) throw new UntrustedError("its subject is not a principal");
      return keepFromCalls(principal);
    },
  };
}

function claimsOf({ id, subject, payload }: SignedEvent) {
  return { jti: id, event: subject, hash: createHash("sha256").update(payload).digest("base64url") };
}
