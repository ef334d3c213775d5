/** The name of a process in a mesh, as its certificate has it: `spiffe://<trust domain>/<name>`. */
export interface SpiffeId {
  readonly trustDomain: string;
  /** `orders` */
  readonly name: string;
}

const pattern = /^spiffe:\/\/([a-z0-9._-]+)\/([A-Za-z0-9._-]+)$/;

/**
 * Returns the SPIFFE ids of a certificate, from the URIs among its alternative names. Other URIs, and ids whose path has
 * more than one segment, are left out.
 *
 * @param alternativeNames as `PeerCertificate.subjectaltname` has them; undefined: there are none
 * @see https://github.com/spiffe/spiffe/blob/main/standards/SPIFFE-ID.md
 */
export function spiffeIdsOf(alternativeNames: string | undefined): SpiffeId[] {
  // Node quotes values with unusual characters, such as a comma that would begin another name. No id has any.
  if (!alternativeNames || alternativeNames.includes('"')) return [];
  return alternativeNames.split(", ").flatMap((entry) => {
    const [, trustDomain, name] = pattern.exec(/^URI:(.*)$/.exec(entry)?.[1] ?? "") ?? [];
    return trustDomain && name ? [{ trustDomain, name }] : [];
  });
}

/** Returns the names that a certificate has in a trust domain. */
export function namesIn(trustDomain: string, alternativeNames: string | undefined): string[] {
  return spiffeIdsOf(alternativeNames)
    .filter((id) => id.trustDomain === trustDomain)
    .map(({ name }) => name);
}
