import { createPrivateKey, X509Certificate } from "node:crypto";
import { createSecureContext } from "node:tls";
import { algorithmOf } from "../tokens/algorithm.ts";
import { createTokens, type Tokens } from "../tokens/tokens.ts";
import type { Certified, CertifiedNow, IdentityFiles } from "./certified.ts";
import { certificatesIn } from "./pem.ts";
import { defaultIdPaths, idOf, spiffeIdsOf } from "./spiffe.ts";

/**
 * What a process proves its names with, to those that it calls and to those that call it (mutual TLS). Its certificate has
 * a SPIFFE id per name: `spiffe://mesh.local/orders`.
 */
export interface Identity extends CertifiedNow {
  /** Signs and verifies tokens, with the default options, for all connections and servers that set no others. */
  readonly tokens: Tokens;
}

/** An identity whose files can be replaced. */
export interface RotatingIdentity extends Identity {
  /**
   * Uses other files for new connections. Open ones stay, but if an authority was removed, a server closes those of its
   * certificates: each when its calls are over, at the latest after 30 s.
   *
   * @throws Error if the files do not fit together, or are of another trust domain; the identity stays as it was
   */
  rotate(files: IdentityFiles): void;
}

/** Options of an identity. */
export interface IdentityOptions {
  /**
   * The paths of the ids in the mesh, each with `{name}` as one of its segments, such as `ns/shop/sa/{name}` for those of SPIRE.
   * Ids with other paths have no name. Default: `{name}`.
   */
  readonly idPaths?: readonly string[] | undefined;
}

/**
 * Makes an identity from files. `watchIdentity` reads them from a folder, and follows their changes.
 *
 * @throws Error if the files do not fit together, or the certificate has no SPIFFE id
 *
 * @example
 * ```ts
 * import { OrderService } from "@mesh/contracts/orders/v1";
 * import { createAuthority, issueCertificate } from "@mesh/dev/authority";
 * import { connect, createIdentity } from "@mesh/rpc";
 *
 * const notAfter = new Date(Date.now() + 60_000);
 * const authority = await createAuthority({ notAfter });
 * const { cert, key } = await issueCertificate(authority, { names: ["gateway"], notAfter });
 *
 * const identity = createIdentity({ cert, key, ca: authority.cert });
 * identity.current.names; // ["gateway"]
 * // Calls only a server whose certificate has the id spiffe://mesh.local/orders.
 * const orders = connect(OrderService, { address: "127.0.0.1:7001", credentials: identity });
 * await orders.close();
 * ```
 */
export function createIdentity(
  files: IdentityFiles,
  { idPaths = defaultIdPaths }: IdentityOptions = {},
): RotatingIdentity {
  let current = certifiedBy(files, idPaths);
  let tokens: Tokens | undefined;
  const listeners = new Set<() => void>();
  const identity: RotatingIdentity = {
    get current() {
      return current;
    },
    get tokens() {
      tokens ??= createTokens(identity);
      return tokens;
    },
    onRotate(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    rotate(next) {
      const { trustDomain } = current;
      const certified = certifiedBy(next, idPaths);
      if (certified.trustDomain !== trustDomain) {
        throw new Error(`the certificate is of the trust domain ${certified.trustDomain}, not of ${trustDomain}`);
      }
      current = certified;
      for (const listener of listeners) listener();
    },
  };
  return identity;
}

/** Reads the certificate. @throws Error if the files do not fit together, or it has no SPIFFE id */
function certifiedBy(files: IdentityFiles, idPaths: readonly string[]): Certified {
  const certificate = new X509Certificate(Buffer.from(files.cert));
  const key = createPrivateKey(Buffer.from(files.key));
  if (!certificate.checkPrivateKey(key)) throw new Error("the key is not that of the certificate");
  algorithmOf(key);
  certificatesIn(files.cert);
  if (files.retired) certificatesIn(files.retired);
  if (certificatesIn(files.ca).length === 0) throw new Error("the file of the authorities has no certificate");
  // This reads what follows the certificate, too.
  createSecureContext({ cert: Buffer.from(files.cert), key: Buffer.from(files.key), ca: Buffer.from(files.ca) });
  const found = spiffeIdsOf(certificate.subjectAltName, idPaths);
  const [first] = found;
  if (!first) {
    const example = idOf({ trustDomain: "mesh.local", idPaths }, "orders");
    const names = certificate.subjectAltName ?? "no alternative name";
    throw new Error(`the certificate has no id such as ${example}: it has ${names}`);
  }
  const { trustDomain } = first;
  const ids = found.filter((id) => id.trustDomain === trustDomain);
  const names = ids.map(({ name }) => name);
  const [validFrom, validTo] = [new Date(certificate.validFrom), new Date(certificate.validTo)];
  return { files, trustDomain, idPaths, ids, names, validFrom, validTo };
}
