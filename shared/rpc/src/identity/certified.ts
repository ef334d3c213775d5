import type { Pem } from "./pem.ts";

/** The files of an identity. */
export interface IdentityFiles {
  /** The certificate, followed by those between it and its authority. */
  readonly cert: Pem;
  /** The private key of the certificate. */
  readonly key: Pem;
  /** The authorities of the mesh, one or several. */
  readonly ca: Pem;
  /** The authorities of the past, which only events that were signed then are verified with. Default: none. */
  readonly retired?: Pem | undefined;
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

/** The certificate of a process, which is replaced now and then. */
export interface CertifiedNow {
  /** The certificate for the next connection. */
  readonly current: Certified;
  /** Calls back after each rotation, until the returned function is called. */
  onRotate(listener: () => void): () => void;
}
