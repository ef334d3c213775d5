/** The name of a process in a mesh, as its certificate has it: `spiffe://<trust domain>/<name>`, or with a longer path. */
export interface SpiffeId {
  readonly trustDomain: string;
  /** `orders` */
  readonly name: string;
  /** `spiffe://mesh.local/orders` */
  readonly uri: string;
}

/** Which ids are those of a mesh. */
export interface IdForm {
  readonly trustDomain: string;
  /** The paths of the ids, each with `{name}` as one of its segments: `ns/shop/sa/{name}`. Ids with other paths have no name. */
  readonly idPaths: readonly string[];
}

/** The paths of ids by default: the name alone. */
export const defaultIdPaths: readonly string[] = ["{name}"];

const placeholder = "{name}";
const idPattern = /^spiffe:\/\/([a-z0-9._-]+)\/([A-Za-z0-9._/-]+)$/;
const segmentPattern = /^(?!\.{1,2}$)[A-Za-z0-9._-]+$/;

/** Returns whether a text is the path of ids: segments as SPIFFE allows them, and one that is `{name}`. */
export function isIdPath(path: string): boolean {
  const segments = path.split("/");
  const others = segments.filter((segment) => segment !== placeholder);
  return others.length === segments.length - 1 && others.every((segment) => segmentPattern.test(segment));
}

/**
 * Returns the SPIFFE ids of a certificate, from the URIs among its alternative names. Other URIs, and ids with other paths, are
 * left out.
 *
 * @param alternativeNames as `PeerCertificate.subjectaltname` has them; undefined: there are none
 * @see https://github.com/spiffe/spiffe/blob/main/standards/SPIFFE-ID.md
 */
export function spiffeIdsOf(alternativeNames: string | undefined, idPaths = defaultIdPaths): SpiffeId[] {
  // Node quotes values with unusual characters, such as a comma that would begin another name. No id has any.
  if (!alternativeNames || alternativeNames.includes('"')) return [];
  return alternativeNames.split(", ").flatMap((entry) => {
    const [, trustDomain, path] = idPattern.exec(/^URI:(.*)$/.exec(entry)?.[1] ?? "") ?? [];
    const name = nameIn(path ?? "", idPaths);
    return trustDomain && name ? [{ trustDomain, name, uri: `spiffe://${trustDomain}/${path}` }] : [];
  });
}

/** Returns the names that a certificate has in a mesh. */
export function namesIn({ trustDomain, idPaths }: IdForm, alternativeNames: string | undefined): string[] {
  return spiffeIdsOf(alternativeNames, idPaths)
    .filter((id) => id.trustDomain === trustDomain)
    .map(({ name }) => name);
}

/** Returns the id of a process: `spiffe://mesh.local/orders`. If ids have several paths, the one with the first. */
export function idOf({ trustDomain, idPaths: [path = placeholder] }: IdForm, name: string): string {
  return `spiffe://${trustDomain}/${path.replace(placeholder, name)}`;
}

/** Returns the part of a path that is the name; undefined: it is none of the paths. */
function nameIn(path: string, idPaths: readonly string[]): string | undefined {
  for (const idPath of idPaths) {
    const [before = "", after = ""] = idPath.split(placeholder);
    const name = path.slice(before.length, path.length - after.length);
    if (segmentPattern.test(name) && path === `${before}${name}${after}`) return name;
  }
  return undefined;
}
