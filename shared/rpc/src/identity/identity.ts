import { createPrivateKey, X509Certificate } from "node:crypto";
import { createSecureContext } from "node:tls";
import { certificatesIn, type Pem } from "./pem.ts";
import { spiffeIdsOf } from "./spiffe.ts";

/** The files of an identity. */
export interface IdentityFiles {
  /** The certificate, followed by those between it and its authority. */
  readonly cert: Pem;
  /** The private key of the certificate. */
  readonly key: Pem;
  /** The authorities of the mesh, one or several. */
  readonly ca: Pem;
}

/** The certificate of a process, and its names in the mesh. */
export interface Certified {
  readonly files: IdentityFiles;
  /** The part of the mesh's ids that all its certificates share: `mesh.local`. Others are rejected. */
  readonly trustDomain: string;
  /** The names of the process. A process of several services has several. */
  readonly names: readonly string[];
  /** When the certificate begins and ends. */
  readonly validFrom: Date;
  readonly validTo: Date;
}

/**
 * What a process proves its names with, to those that it calls and to those that call it (mutual TLS). Its certificate has
 * a SPIFFE id per name: `spiffe://mesh.local/orders`.
 */
export interface Identity {
  /** The certificate for the next connection. */
  readonly current: Certified;
  /** Calls back after each rotation, until the returned function is called. */
  onRotate(listener: () => void): () => void;
}

/** An identity whose files can be replaced. */
export interface RotatingIdentity extends Identity {
  /**
   * Uses other files for new connections. Open ones stay, but if an authority was removed, a server closes its
   * connections: each when its calls are over, at the latest after 30 s.
   *
   * @throws Error if the files do not fit together, or are of another trust domain; the identity stays as it was
   */
  rotate(files: IdentityFiles): void;
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
export function createIdentity(files: IdentityFiles): RotatingIdentity {
  let current = certifiedBy(files);
  const listeners = new Set<() => void>();
  return {
    get current() {
      return current;
    },
    onRotate(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    rotate(next) {
      const { trustDomain } = current;
      const certified = certifiedBy(next);
      if (certified.trustDomain !== trustDomain) {
        throw new Error(`the certificate is of the trust domain ${certified.trustDomain}, not of ${trustDomain}`);
      }
      current = certified;
      for (const listener of listeners) listener();
    },
  };
}

/** Reads the certificate. @throws Error if the files do not fit together, or it has no SPIFFE id */
function certifiedBy(files: IdentityFiles): Certified {
  const certificate = new X509Certificate(Buffer.from(files.cert));
  if (!certificate.checkPrivateKey(createPrivateKey(Buffer.from(files.key)))) {
    throw new Error("the key is not that of the certificate");
  }
  certificatesIn(files.cert);
  if (certificatesIn(files.ca).length === 0) throw new Error("the file of the authorities has no certificate");
  // This reads what follows the certificate, too.
  createSecureContext({ cert: Buffer.from(files.cert), key: Buffer.from(files.key), ca: Buffer.from(files.ca) });
  const ids = spiffeIdsOf(certificate.subjectAltName);
  const [first] = ids;
  if (!first) {
    const found = certificate.subjectAltName ?? "no alternative name";
    throw new Error(`the certificate has no id such as spiffe://mesh.local/orders: it has ${found}`);
  }
  const { trustDomain } = first;
  const names = ids.filter((id) => id.trustDomain === trustDomain).map(({ name }) => name);
  const { validFrom, validTo } = certificate;
  return { files, trustDomain, names, validFrom: new Date(validFrom), validTo: new Date(validTo) };
}
