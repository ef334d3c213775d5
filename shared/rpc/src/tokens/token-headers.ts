import type { HeaderValue } from "@mesh/contracts";

/** The header of a call with the token of its principal, or with what follows the part in `signerHeader`. */
export const tokenHeader = "mesh-token";

/**
 * The header with the first part of a token, which has the certificates of its signer: three quarters of a token, and the same
 * in all that a process signs. So HTTP/2 and the mux send it once for many calls. A client of another make may send a whole
 * token in `mesh-token`.
 */
export const signerHeader = "mesh-token-signer";

/** Adds a token to the headers of a call. */
export function addToken(headers: Record<string, HeaderValue>, token: string): void {
  const end = token.indexOf(".");
  headers[signerHeader] = token.slice(0, end);
  headers[tokenHeader] = token.slice(end + 1);
}

/** Returns the token in the headers of a call; undefined: there is none. */
export function tokenIn(
  header: <Name extends string>(name: Name) => HeaderValue<Name> | undefined,
): string | undefined {
  const token = header(tokenHeader);
  if (token === undefined) return undefined;
  const signer = header(signerHeader);
  // Their names say that they are texts.
  return (signer === undefined ? token : `${signer}.${token}`) as string;
}
