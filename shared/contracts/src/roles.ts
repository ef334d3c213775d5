/** The scopes of each role, by its name. */
type Roles = Readonly<Record<string, readonly string[]>>;

/**
 * Returns the function that returns the scopes of several roles together. Generated code calls it. A name that is no role has
 * no scopes, because an identity provider may send others.
 */
export function scopesIn(roles: Roles): (names: Iterable<string>) => ReadonlySet<string> {
  const known = new Map<string, ReadonlySet<string>>();
  return (names) => {
    const own = [...new Set(names)].filter((name) => Object.hasOwn(roles, name)).sort();
    const key = own.join(" ");
    const scopes = known.get(key) ?? new Set(own.flatMap((name) => roles[name] ?? []));
    known.set(key, scopes);
    return scopes;
  };
}
