import { createHmac, timingSafeEqual } from "node:crypto";
import { stringifySetCookie } from "cookie";
import { cookieName } from "./cookie-name.ts";
import { valuesOf } from "./cookie-values.ts";
import { Recent } from "./recent.ts";

/** A cookie whose value only this gateway can have written. */
export interface SignedCookie {
  /** Returns the value from a Cookie header; undefined if it is absent or its signature is wrong. */
  read(header: string | undefined, options: CookieOptions): SignedValue | undefined;
  /** Returns the Set-Cookie header that stores a value. */
  write(value: string, options: CookieOptions): string;
}

/** The value of a cookie. */
export interface SignedValue {
  readonly value: string;
  /** Whether the first secret has signed it. Otherwise it must be written again before its secret is removed. */
  readonly isCurrent: boolean;
}

/** The way that a cookie travels. */
export interface CookieOptions {
  /** Sends the cookie by https only. Its name then has the prefix `__Host-`. */
  readonly secure: boolean;
}

/** Options of a signed cookie. */
export interface SignedCookieOptions {
  readonly name: string;
  /** The keys of the HMAC-SHA256. The first one signs, all verify. */
  readonly secrets: readonly string[];
  readonly maxAgeS: number;
}

/** The most values that are remembered, so that each is verified once. */
const maxRemembered = 10_000;

/** Defines a cookie that scripts cannot read and forms of other sites do not send. */
export function signedCookie({ name, secrets, maxAgeS }: SignedCookieOptions): SignedCookie {
  // The name is signed too, so that the value of one cookie is not valid for another.
  const sign = (value: string, secret = "") =>
    createHmac("sha256", secret).update(`${name}=${value}`).digest("base64url");
  /** The values whose signature is right. */
  const verified = new Recent<SignedValue>(maxRemembered);

  function verify(text: string): SignedValue | undefined {
    const end = text.lastIndexOf(".");
    const [value, signature] = [text.slice(0, end), text.slice(end + 1)];
    const signer = secrets.findIndex((secret) => isEqual(signature, sign(value, secret)));
    if (signer === -1) return undefined;
    const signed = { value, isCurrent: signer === 0 };
    verified.set(text, signed, Number.POSITIVE_INFINITY);
    return signed;
  }

  return {
    read(header, { secure }) {
      for (const text of valuesOf(header, cookieName(name, secure))) {
        const signed = verified.get(text, 0) ?? verify(text);
        if (signed) return signed;
      }
      return undefined;
    },
    write: (value, { secure }) =>
      stringifySetCookie({
        name: cookieName(name, secure),
        value: `${value}.${sign(value, secrets[0])}`,
        path: "/",
        maxAge: maxAgeS,
        httpOnly: true,
        sameSite: "lax",
        secure,
      }),
  };
}

function isEqual(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
