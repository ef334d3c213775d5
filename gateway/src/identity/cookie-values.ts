import { parseCookie } from "cookie";

/**
 * Returns all values of a name in a Cookie header. A browser may hold several, for different paths, and over http a
 * subdomain may have planted one; the parser would return only the first.
 */
export function valuesOf(header: string | undefined, name: string): string[] {
  if (!header?.includes(name)) return [];
  return header.split(";").flatMap((pair) => parseCookie(pair)[name] ?? []);
}
