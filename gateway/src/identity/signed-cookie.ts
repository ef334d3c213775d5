import { createHmac, timingSafeEqual } from "node:crypto";
import { parseCookie, stringifySetCookie } from "cookie";

/** A cookie whose value only this gateway can have written. */
export interface SignedCookie {
  /** Returns the value from a Cookie header; undefined if it is absent or its signature is wrong. */
  read(header: string | undefined): string | undefined;
  /** Returns the Set-Cookie header that stores a value. */
  write(value: string, options: { readonly secure: boolean }): string;
}

/** Options of a signed cookie. */
export interface SignedCookieOptions {
  readonly name: string;
  /** The key of the HMAC-SHA256. */
  readonly secret: string;
  readonly maxAgeS: number;
}

/** Defines a cookie that scripts cannot read and forms of other sites do not send. */
export function signedCookie({ name, secret, maxAgeS }: SignedCookieOptions): SignedCookie {
  // The name is signed too, so that the value of one cookie is not valid for another.
  const sign = (value: string) => createHmac("sha256", secret).update(`${name}=${value}`).digest("base64url");
  return {
    read(header = "") {
      for (const text of valuesOf(header, name)) {
        const [value = "", signature = ""] = text.split(".", 2);
        if (isEqual(signature, sign(value))) return value;
      }
      return undefined;
    },
    write: (value, { secure }) =>
      stringifySetCookie({
        name,
        value: `${value}.${sign(value)}`,
        path: "/",
        maxAge: maxAgeS,
        httpOnly: true,
        sameSite: "lax",
        secure,
      }),
  };
}

/**
 * Returns all values of a name. A browser may hold several, for different paths, and a subdomain may have planted one;
 * the parser would return only the first.
 */
function valuesOf(header: string, name: string): string[] {
  if (!header.includes(name)) return [];
  return header.split(";").flatMap((pair) => parseCookie(pair)[name] ?? []);
}

function isEqual(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
