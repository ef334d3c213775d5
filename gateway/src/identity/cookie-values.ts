import { parseCookie } from "cookie";

/**
 * Returns all values of a name in a Cookie header. A browser may hold several, for different paths, and over http a
 * subdomain may have planted one; the parser would return only the first.
 */
export function valuesOf(header: string | undefined, name: string): string[] {
  if (!header?.includes(name)) return [];
  if (!header.includes(";")) return valuesIn(header, name);
  return header.split(";").flatMap((pair) => valuesIn(pair, name));
}

function valuesIn(pair: string, name: string): string[] {
  const value = parseCookie(pair)[name];
  return value === undefined ? [] : [value];
}
