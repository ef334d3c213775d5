import { createHmac, timingSafeEqual } from "node:crypto";

/** A cookie whose value only this gateway can have written. */
export interface SignedCookie {
  /** The value that a Cookie header carries; undefined: there is none, or somebody else wrote it. */
  read(header: string | undefined): string | undefined;
  /** The Set-Cookie header that has a browser keep a value. */
  write(value: string, options: { readonly secure: boolean }): string;
}

/** How a cookie is signed and kept. */
export interface CookieOptions {
  readonly name: string;
  /** The key of the HMAC-SHA256. */
  readonly secret: string;
  readonly maxAgeS: number;
}

/** Defines a cookie that scripts can't read and other sites' forms don't send. */
export function signedCookie({ name, secret, maxAgeS }: CookieOptions): SignedCookie {
  // The name is part of what is signed, so that one cookie's value does not pass as another's.
  const sign = (value: string) => createHmac("sha256", secret).update(`${name}=${value}`).digest("base64url");
  return {
    read(header) {
      for (const text of valuesOf(header, name)) {
        const [value = "", signature = ""] = text.split(".", 2);
        if (isEqual(signature, sign(value))) return value;
      }
      return undefined;
    },
    write(value, { secure }) {
      const attributes = `Path=/; Max-Age=${maxAgeS}; HttpOnly; SameSite=Lax${secure ? "; Secure" : ""}`;
      return `${name}=${value}.${sign(value)}; ${attributes}`;
    },
  };
}

/** All values of a name: a browser may hold several, for different paths, and sends them in one header. */
function valuesOf(header: string | undefined, name: string): string[] {
  const pairs = (header ?? "").split(";").map((pair) => pair.trim());
  return pairs.filter((pair) => pair.startsWith(`${name}=`)).map((pair) => pair.slice(name.length + 1));
}

function isEqual(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
