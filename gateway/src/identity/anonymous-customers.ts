import { createHmac, randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { stableUuid } from "@mesh/runtime";
import type { Caller, ScopesOf } from "./caller.ts";
import { isEncrypted } from "./cookie-name.ts";
import { signedCookie } from "./signed-cookie.ts";

/** The role of a customer who has not signed in. Contracts say what it may do. */
const roles = ["anonymous"];

const yearS = 365 * 24 * 60 * 60;

/** Options of the customers' cookie. */
export interface AnonymousCustomersOptions {
  /** The keys of the cookie. The first one signs, all verify. */
  readonly secrets: readonly string[];
  /** Sends the cookie by https only, even if the gateway itself is reached by http. */
  readonly secure: boolean;
  readonly scopesOf: ScopesOf;
}

/**
 * An Idempotency-Key that no other client has: a UUID of version 4 or 7, with or without quotes. Other keys can be guessed,
 * such as a date with a number, and who guesses a key is its customer.
 */
const uniqueKey = /^("?)([\da-f]{8}-[\da-f]{4}-[47][\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12})\1$/i;

/**
 * Makes every browser a customer of its own, recognized by a signed cookie for a year. Replaces an invalid cookie, and one that
 * the first secret has not signed. A request without a cookie but with a unique Idempotency-Key is from the customer of that key, so that a retry is
 * recognized even if the first response, with the cookie, was lost.
 */
export function anonymousCustomers({ secrets, secure: isAlwaysSecure, scopesOf }: AnonymousCustomersOptions) {
  const scopes = scopesOf(roles);
  const cookie = signedCookie({ name: "mesh_customer", secrets, maxAgeS: yearS });
  return function identify(request: IncomingMessage, response: ServerResponse): Caller {
    const secure = isAlwaysSecure || isEncrypted(request);
    const known = cookie.read(request.headers.cookie, { secure });
    const recognized = known?.value ?? customerOfKey(request, secrets[0] ?? "");
    const id = recognized ?? randomUUID();
    if (!known?.isCurrent) response.appendHeader("set-cookie", cookie.write(id, { secure }));
    const isNew = recognized === undefined;
    return { principal: { kind: "customer", id }, roles, scopes, isNew };
  };
}

/** Returns the id of the customer of an Idempotency-Key. The secret keeps others from finding the key of an id. */
function customerOfKey({ headers }: IncomingMessage, secret: string): string | undefined {
  const [, , key] = uniqueKey.exec(String(headers["idempotency-key"] ?? "")) ?? [];
  return key && stableUuid(createHmac("sha256", secret).update(`customer of ${key.toLowerCase()}`).digest("hex"));
}
