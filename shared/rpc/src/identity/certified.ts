import type { Pem } from "./pem.ts";
import type { IdForm, SpiffeId } from "./spiffe.ts";

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

/** The certificate of a process, and its names in the mesh. The trust domain is the one of all certificates of the mesh. */
export interface Certified extends IdForm {
  readonly files: IdentityFiles;
  /** The ids of the process, in the order of `names`. */
  readonly ids: readonly SpiffeId[];
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
