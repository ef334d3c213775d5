/** Claims of a token. */
export type Claims = Readonly<Record<string, unknown>>;

/** A token may have any number of roles. */
const maxRoles = 100;

/**
 * Returns the roles in a claim: a list of texts, or a text with spaces between them.
 *
 * @param path the name of the claim, or names with dots between them: `realm_access.roles`
 */
export function rolesIn(claims: Claims, path: string): string[] {
  const value = valueAt(claims, path);
  const list: readonly unknown[] = typeof value === "string" ? value.split(" ") : Array.isArray(value) ? value : [];
  return list.filter((role) => typeof role === "string" && role !== "").slice(0, maxRoles) as string[];
}

/** Returns the name of the person for the page: at most 100 characters, empty if no claim has it. */
export function nameIn({ name, preferred_username, email }: Claims): string {
  const known = [name, preferred_username, email].find((value) => typeof value === "string" && value !== "");
  return String(known ?? "").slice(0, 100);
}

function valueAt(claims: Claims, path: string): unknown {
  // The names of some issuers' claims are URLs, with dots of their own.
  if (Object.hasOwn(claims, path)) return claims[path];
  const [first = "", ...rest] = path.split(".");
  const value = Object.hasOwn(claims, first) ? claims[first] : undefined;
  if (rest.length === 0) return value;
  return typeof value === "object" && value !== null ? valueAt(value as Claims, rest.join(".")) : undefined;
}
