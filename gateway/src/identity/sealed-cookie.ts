import { hkdfSync } from "node:crypto";
import { stringifySetCookie } from "cookie";
import { EncryptJWT, errors, jwtDecrypt } from "jose";
import type * as z from "zod";
import { cookieName } from "./cookie-name.ts";
import { valuesOf } from "./cookie-values.ts";
import { Recent } from "./recent.ts";
import type { CookieOptions } from "./signed-cookie.ts";

/** A cookie whose content only this gateway can read and write. */
export interface SealedCookie<T extends object> {
  /** Returns the content from a Cookie header; undefined if it is absent, forged or expired. */
  read(header: string | undefined, options: CookieOptions): Promise<T | undefined>;
  /** Returns the Set-Cookie header that stores a content. */
  write(content: T, options: CookieOptions): Promise<string>;
  /** Returns the Set-Cookie header that removes the cookie. */
  remove(options: CookieOptions): string;
}

/** Options of a sealed cookie. */
export interface SealedCookieOptions<T extends object> {
  readonly name: string;
  /** What the key is for. Content that was sealed for another purpose is not valid. Default: the name. */
  readonly purpose?: string;
  /** Each makes one key. The first one encrypts, all decrypt. */
  readonly secrets: readonly string[];
  readonly maxAgeS: number;
  readonly schema: z.ZodType<T>;
}

/** The longest value that is decrypted. Ours have about 300 characters, the longest about 3,000. */
const maxLength = 4_096;

/** The tolerated difference between the clocks of two gateways, in seconds. */
const leewayS = 15;

/** The most contents that are remembered, so that each is decrypted once. */
const maxRemembered = 10_000;

/** Defines a cookie that is encrypted by AES-256-GCM, as a JWE, and that scripts cannot read. */
export function sealedCookie<T extends object>(options: SealedCookieOptions<T>): SealedCookie<T> {
  const { name, purpose = name, secrets, maxAgeS, schema } = options;
  const keys = new Map(secrets.map((secret) => sealingKey(secret, purpose)));
  const [[kid, key] = ["", new Uint8Array()]] = keys;
  const attributes = { path: "/", httpOnly: true, sameSite: "lax" } as const;

  /** The contents that were decrypted. */
  const opened = new Recent<T>(maxRemembered);

  async function open(text: string): Promise<T | undefined> {
    if (text.length > maxLength) return undefined;
    try {
      const { payload } = await jwtDecrypt(text, (header) => keys.get(header.kid ?? "") ?? unknownKey(), {
        keyManagementAlgorithms: ["dir"],
        contentEncryptionAlgorithms: ["A256GCM"],
        requiredClaims: ["exp"],
        audience: purpose,
        clockTolerance: leewayS,
      });
      const content = schema.safeParse(payload).data;
      const endsAt = ((payload.exp ?? 0) + leewayS) * 1_000;
      if (content) opened.set(text, content, endsAt);
      return content;
    } catch (error) {
      if (error instanceof errors.JOSEError) return undefined;
      throw error;
    }
  }

  return {
    async read(header, { secure }) {
      for (const text of valuesOf(header, cookieName(name, secure))) {
        const content = opened.get(text, Date.now()) ?? (await open(text));
        if (content) return content;
      }
      return undefined;
    },
    async write(content, { secure }) {
      const token = new EncryptJWT(Object.fromEntries(Object.entries(content)))
        .setProtectedHeader({ alg: "dir", enc: "A256GCM", kid })
        .setAudience(purpose)
        .setExpirationTime(`${maxAgeS} s`);
      const value = await token.encrypt(key);
      return stringifySetCookie({ ...attributes, name: cookieName(name, secure), value, maxAge: maxAgeS, secure });
    },
    remove: ({ secure }) =>
      stringifySetCookie({ ...attributes, name: cookieName(name, secure), value: "", maxAge: 0, secure }),
  };
}

/** Derives a key from a secret (RFC 5869), and an id that does not reveal it. */
function sealingKey(secret: string, purpose: string): [string, Uint8Array] {
  const derive = (what: string, bytes: number) => hkdfSync("sha256", secret, "", `mesh ${purpose} ${what}`, bytes);
  return [Buffer.from(derive("id", 6)).toString("base64url"), new Uint8Array(derive("key", 32))];
}

function unknownKey(): never {
  throw new errors.JWEDecryptionFailed("it is not encrypted with a key of this gateway");
}
